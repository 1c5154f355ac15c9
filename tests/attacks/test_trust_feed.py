"""Attacks on a published feed: whoever holds the web server, or some of the keys, gets nothing believed.

Each attack is tried on a client of python-tuf, and on a control that verifies nothing: the control must be
fooled, or the attack was none.
"""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path

import pytest
from tuf.api.exceptions import ExpiredMetadataError, RepositoryError

from groundpass.kernel.trust.ceremony import Ceremony
from groundpass.kernel.trust.tufrepo import Repository

trust = runpy.run_path(str(Path(__file__).parent.parent / "trust" / "conftest.py"))
Feed, NOW = trust["Feed"], trust["NOW"]


@pytest.fixture(scope="module")
def ceremony(tmp_path_factory):
    return Ceremony.hold(tmp_path_factory.mktemp("keys"))


def found(folder, ceremony, store, now=NOW):
    repository = Repository.create(folder, ceremony.keys(), ceremony.root_signers(), now=now)
    return Feed(repository, ceremony, store, now)


@pytest.fixture
def feed(ceremony, tmp_path):
    """A feed at its second release; the client has seen it. `first` keeps the files of the first one."""
    feed = found(tmp_path / "public", ceremony, tmp_path / "client")
    feed.publish({"list": b"captured terminal is listed"})
    shutil.copytree(tmp_path / "public", tmp_path / "first")
    feed.publish({"list": b"captured terminal is removed"})
    assert feed.fetch("list").endswith(b"removed")
    return feed


def control(folder):
    """A client that believes all: it follows the newest names that the server gives."""

    def read(name):
        return json.loads((folder / "metadata" / name).read_bytes())["signed"]

    snapshot = read("timestamp.json")["meta"]["snapshot.json"]["version"]
    targets = read(f"{snapshot}.snapshot.json")["meta"]["targets.json"]["version"]
    sha256 = read(f"{targets}.targets.json")["targets"]["list"]["hashes"]["sha256"]
    return (folder / "targets" / f"{sha256}.list").read_bytes()


def all_of_the_first_release(public, first):
    shutil.rmtree(public)
    shutil.copytree(first, public)


def the_old_timestamp(public, first):
    shutil.copy(first / "metadata/timestamp.json", public / "metadata")


def the_old_snapshot_under_the_new_name(public, first):
    shutil.copy(first / "metadata/1.snapshot.json", public / "metadata/3.snapshot.json")
    change(public / "metadata/timestamp.json", lambda signed: lift(signed, "snapshot.json", 3))


def the_old_targets_under_a_new_name(public, first):
    shutil.copy(first / "metadata/1.targets.json", public / "metadata/3.targets.json")
    shutil.copy(public / "metadata/2.snapshot.json", public / "metadata/3.snapshot.json")
    change(public / "metadata/3.snapshot.json", lambda signed: lift(signed, "targets.json", 3))
    change(public / "metadata/timestamp.json", lambda signed: lift(signed, "snapshot.json", 3))


def lift(signed, name, version):
    signed["meta"][name]["version"] = version
    signed["version"] = 3


def change(path, edit):
    document = json.loads(path.read_bytes())
    edit(document["signed"])
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "attack",
    [
        all_of_the_first_release,
        the_old_timestamp,
        the_old_snapshot_under_the_new_name,
        the_old_targets_under_a_new_name,
    ],
)
def test_an_old_list_is_never_believed_again(feed, tmp_path, attack):
    attack(tmp_path / "public", tmp_path / "first")
    assert control(tmp_path / "public").endswith(b"listed")
    with pytest.raises(RepositoryError):
        feed.fetch("list")


def test_another_file_under_a_signed_name_is_never_believed(feed, tmp_path):
    (place,) = (path for path in (tmp_path / "public/targets").iterdir() if b"removed" in path.read_bytes())
    place.write_bytes(b"captured terminal is listed!")
    shutil.rmtree(tmp_path / "client")
    assert control(tmp_path / "public").endswith(b"listed!")
    with pytest.raises(RepositoryError):
        feed.fetch("list")


def test_the_publisher_and_the_online_key_are_not_enough_without_the_brake(feed, tmp_path):
    repository, ceremony = feed.repository, feed.ceremony
    draft = repository.prepare({"list": b"all are listed"}, now=feed.now)
    draft.sign("targets", ceremony.signer("publisher"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(repository.commit.__globals__, "_check_signed", lambda *_: None)
        repository.commit(draft, ceremony.signer("online"), now=feed.now)
    assert control(tmp_path / "public") == b"all are listed"
    with pytest.raises(RepositoryError):
        feed.fetch("list")


def test_a_whole_other_repository_is_never_believed(feed, tmp_path):
    other = found(tmp_path / "other", Ceremony.hold(tmp_path / "stolen"), tmp_path / "client")
    for text in (b"1", b"2", b"all are listed"):
        other.publish({"list": text})
    shutil.copytree(tmp_path / "other/targets", tmp_path / "public/targets", dirs_exist_ok=True)
    for path in (tmp_path / "other/metadata").iterdir():
        if "root" not in path.name:
            shutil.copy(path, tmp_path / "public/metadata")
    assert control(tmp_path / "public") == b"all are listed"
    with pytest.raises(RepositoryError):
        feed.fetch("list")


def test_two_root_keys_cannot_make_a_new_root(feed, tmp_path):
    mine = Ceremony.hold(tmp_path / "mine")
    thieves = [*feed.ceremony.root_signers()[:2], *mine.root_signers()]
    root = json.loads(feed.repository.root_bytes())["signed"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tuf.api.metadata.Root.get_root_verification_result", lambda *_: True)
        feed.repository.rotate(mine.keys(), thieves, now=feed.now)
    assert json.loads(feed.repository.root_bytes())["signed"]["version"] == root["version"] + 1
    with pytest.raises(RepositoryError):
        feed.fetch("list")


def test_a_feed_that_stands_still_runs_out(ceremony, tmp_path):
    past = 1_600_000_000  # 2020: every expiry lies behind the real clock
    feed = found(tmp_path / "public", ceremony, tmp_path / "client", past)
    feed.publish({"list": b"captured terminal is listed"})
    assert control(tmp_path / "public").endswith(b"listed")
    with pytest.raises(ExpiredMetadataError):
        feed.fetch("list")


def test_a_flipped_bit_in_any_metadata_is_never_believed(feed, tmp_path):
    names = ["timestamp.json", "2.snapshot.json", "2.targets.json"]
    for path in (tmp_path / "public/metadata" / name for name in names):
        data = path.read_bytes()
        for place in range(0, len(data), 17):
            flipped = bytearray(data)
            flipped[place] ^= 1 << place % 8
            path.write_bytes(flipped)
            shutil.rmtree(tmp_path / "client")
            try:
                assert feed.fetch("list").endswith(b"removed")  # some bytes carry nothing that is signed
            except RepositoryError:
                continue
        path.write_bytes(data)
    shutil.rmtree(tmp_path / "client")
    assert feed.fetch("list").endswith(b"removed")
