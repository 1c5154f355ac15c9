from __future__ import annotations

import hashlib
import json

import pytest
from tuf.api.exceptions import BadVersionNumberError, RepositoryError

from groundpass.kernel.core.errors import BadInput, CannotRun, NotVerified, Refused
from groundpass.kernel.trust.ceremony import NAMES, Ceremony, RoleKeys
from groundpass.kernel.trust.signing import new_signer
from groundpass.kernel.trust.tufrepo import Repository
from groundpass.kernel.wire.notification import FileRef


def ref(name, data):
    return FileRef(name, hashlib.sha256(data).hexdigest(), len(data))


def test_a_client_reads_what_publisher_and_brake_signed(feed):
    feed.publish({"notification.json": b"{}", "snapshot-1": b"one" * 1000})
    assert feed.fetch("notification.json") == b"{}"
    assert feed.fetch("snapshot-1") == b"one" * 1000


def test_a_file_that_stays_is_named_and_not_sent_again(feed):
    feed.publish({"a": b"first", "delta-1-2": b"delta"})
    feed.publish({"a": b"second"}, keep=[ref("delta-1-2", b"delta")])
    assert feed.fetch("a") == b"second"
    assert feed.fetch("delta-1-2") == b"delta"
    feed.publish({"a": b"third"})
    assert feed.client().get_targetinfo("delta-1-2") is None


def test_a_file_that_stays_must_be_there_whole(feed):
    feed.publish({"a": b"first"})
    for wrong in (ref("b", b"never published"), ref("a", b"other")):
        with pytest.raises(Refused):
            feed.publish({"c": b"new"}, keep=[wrong])
    assert feed.fetch("a") == b"first"


@pytest.mark.parametrize(
    "names", [[], ["publisher"], ["brake"], ["publisher", "publisher"], ["publisher", "online"]]
)
def test_without_both_signatures_nothing_is_published(feed, names):
    feed.publish({"a": b"first"})
    draft = feed.repository.prepare({"a": b"second"}, now=feed.now)
    for name in names:
        draft.sign("targets", feed.ceremony.signer(name))
    with pytest.raises(Refused):
        feed.repository.commit(draft, feed.ceremony.signer("online"), now=feed.now)
    assert feed.fetch("a") == b"first"
    assert not list(feed.repository.folder.glob("metadata/2.*"))


def test_a_stranger_cannot_sign_for_the_brake_or_online(feed):
    draft = feed.repository.prepare({"a": b"first"}, now=feed.now)
    draft.sign("targets", feed.ceremony.signer("publisher"))
    draft.sign("targets", new_signer())
    with pytest.raises(Refused):
        feed.repository.commit(draft, feed.ceremony.signer("online"), now=feed.now)
    draft.sign("targets", feed.ceremony.signer("brake"))
    with pytest.raises(Refused):
        feed.repository.commit(draft, new_signer(), now=feed.now)


def test_a_draft_changed_after_it_was_signed_is_not_published(feed):
    draft = feed.repository.prepare({"a": b"first"}, now=feed.now)
    for name in ("publisher", "brake"):
        draft.sign("targets", feed.ceremony.signer(name))
    draft.files["a"] = b"other"
    with pytest.raises(Refused):
        feed.repository.commit(draft, feed.ceremony.signer("online"), now=feed.now)
    draft.files["a"] = b"first"
    draft.metadata.signed.version += 1
    with pytest.raises(Refused):
        feed.repository.commit(draft, feed.ceremony.signer("online"), now=feed.now)


def test_of_two_drafts_the_second_to_come_is_refused(feed):
    drafts = [feed.repository.prepare({"a": text}, now=feed.now) for text in (b"one", b"two")]
    for draft in drafts:
        for name in ("publisher", "brake"):
            draft.sign("targets", feed.ceremony.signer(name))
    online = feed.ceremony.signer("online")
    feed.repository.commit(drafts[0], online, now=feed.now)
    with pytest.raises(Refused):
        feed.repository.commit(drafts[1], online, now=feed.now)
    assert feed.fetch("a") == b"one"


def test_a_draft_is_signed_as_targets_only(feed):
    draft = feed.repository.prepare({"a": b"first"}, now=feed.now)
    with pytest.raises(BadInput):
        draft.sign("root", feed.ceremony.signer("publisher"))


def test_roles_and_thresholds_are_those_of_the_design(feed):
    roles = json.loads(feed.repository.root_bytes())["signed"]["roles"]
    counts = {name: (len(role["keyids"]), role["threshold"]) for name, role in roles.items()}
    assert counts == {"root": (5, 3), "targets": (2, 2), "snapshot": (1, 1), "timestamp": (1, 1)}


def test_founding_needs_three_root_keys_and_an_empty_place(ceremony, tmp_path):
    keys, signers = ceremony.keys(), ceremony.root_signers()
    with pytest.raises(Refused):
        Repository.create(tmp_path / "public", keys, signers[:2], now=0)
    with pytest.raises(Refused):
        Repository.create(tmp_path / "public", keys, [signers[0]] * 3, now=0)
    Repository.create(tmp_path / "public", keys, signers[1:4], now=0)
    with pytest.raises(Refused):
        Repository.create(tmp_path / "public", keys, signers, now=0)


def test_one_key_cannot_hold_two_roles(ceremony, tmp_path):
    keys = ceremony.keys()
    for doubled in (
        RoleKeys(keys.root, keys.publisher, keys.publisher, keys.online),
        RoleKeys(keys.root, keys.publisher, keys.brake, keys.root[0]),
        RoleKeys(keys.root[:2], keys.publisher, keys.brake, keys.online),
    ):
        with pytest.raises(BadInput):
            Repository.create(tmp_path / "public", doubled, ceremony.root_signers(), now=0)


def test_without_a_ceremony_nothing_is_published(tmp_path, ceremony):
    draft = Repository(tmp_path).prepare({"a": b"x"}, now=0)
    with pytest.raises(CannotRun):
        Repository(tmp_path).commit(draft, ceremony.signer("online"), now=0)


def test_a_timestamp_is_refreshed_without_a_release(feed):
    feed.publish({"a": b"first"})
    online = feed.ceremony.signer("online")
    feed.repository.refresh(online, now=feed.now + 86_400)
    names = {path.name for path in feed.repository.folder.glob("metadata/*")}
    assert names == {"1.root.json", "1.targets.json", "1.snapshot.json", "timestamp.json"}
    assert feed.fetch("a") == b"first"
    feed.repository.refresh(online, now=feed.now + 80 * 86_400)
    assert (feed.repository.folder / "metadata/2.snapshot.json").exists()
    assert feed.fetch("a") == b"first"


def test_a_floor_lifts_versions_past_a_restored_backup(feed, tmp_path):
    feed.publish({"a": b"first"})
    backup = {path: path.read_bytes() for path in feed.repository.folder.glob("metadata/*")}
    feed.publish({"a": b"second"})
    assert feed.fetch("a") == b"second"
    for path in feed.repository.folder.glob("metadata/*"):
        path.unlink()
    for path, data in backup.items():
        path.write_bytes(data)
    with pytest.raises(BadVersionNumberError):
        feed.fetch("a")
    feed.publish({"a": b"third"}, floor=7)
    assert feed.fetch("a") == b"third"


def test_root_keys_rotate_by_three_old_and_three_new(feed, tmp_path):
    feed.publish({"a": b"first"})
    assert feed.fetch("a") == b"first"
    later = Ceremony.hold(tmp_path / "later")
    old, new = feed.ceremony.root_signers(), later.root_signers()
    for too_few in (old[:3], new[:3], old[:2] + new[:3], old[:3] + new[:2]):
        with pytest.raises(Refused):
            feed.repository.rotate(later.keys(), too_few, now=feed.now)
    feed.repository.rotate(later.keys(), old[2:] + new[:3], now=feed.now)
    with pytest.raises(RepositoryError):
        feed.fetch("a")  # signed by keys that the new root does not know
    feed.ceremony = later
    feed.publish({"a": b"second"})
    assert feed.fetch("a") == b"second"


def test_what_only_old_releases_name_is_pruned(feed):
    for number in range(6):
        feed.publish({"a": b"%d" % number})
    assert len(feed.repository.prune()) == 9
    assert len(list(feed.repository.folder.glob("targets/*"))) == 3
    assert feed.fetch("a") == b"5"
    assert feed.repository.prune() == []


def test_metadata_that_was_tampered_with_stops_the_publisher(feed):
    feed.publish({"a": b"first"})
    path = feed.repository.folder / "metadata/timestamp.json"
    path.write_bytes(b"{}")
    with pytest.raises(NotVerified):
        feed.publish({"a": b"second"})


def test_private_keys_are_for_their_owner_only_and_never_overwritten(tmp_path):
    ceremony = Ceremony.hold(tmp_path, password=b"korovai")
    for name in NAMES:
        assert ceremony.private_file(name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(CannotRun):
        Ceremony.hold(tmp_path)
    with pytest.raises(CannotRun):
        ceremony.signer("root-1")
    assert ceremony.signer("root-1", password=b"korovai").public_key == ceremony.keys().root[0]
    ceremony.private_file("brake").chmod(0o644)
    with pytest.raises(CannotRun, match="chmod"):
        ceremony.signer("brake")


def test_missing_keys_are_said_to_be_missing(tmp_path):
    for ask in (Ceremony(tmp_path).keys, Ceremony(tmp_path).root_signers):
        with pytest.raises(CannotRun):
            ask()
