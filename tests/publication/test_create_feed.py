"""Founding a feed: keys each in their place, and a secret that only the operator opens."""

from __future__ import annotations

import pytest

from groundpass.authority.publication.api import create_feed, find_feed, log_key, root_bytes
from groundpass.authority.publication.folders import Folders
from groundpass.kernel.core.errors import BadInput, CannotRun, NoRight, NotFound, NotVerified, Refused
from groundpass.kernel.trust import seal
from groundpass.kernel.trust.log import verify_folder
from groundpass.kernel.trust.signing import new_signer, public_pem
from support.times import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(cast, home):
    def found(**changes):
        given = {
            "name": "northwind",
            "wrap_public_key": seal.new_wrap_pair()[1],
            "sign_public_key": public_pem(new_signer()),
            "actor": cast.officer,
            "now": NOW,
            **changes,
        }
        return create_feed(given.pop("operator", cast.operator), **given)

    return found


def test_an_officer_founds_a_feed_and_an_engineer_cannot(found, cast):
    with pytest.raises(NoRight):
        found(actor=cast.engineer)
    feed = found()
    assert find_feed("northwind") == feed
    assert b'"threshold":3' in root_bytes(feed)
    with pytest.raises(NotFound, match="Known are northwind"):
        find_feed("southwind")


def test_every_key_lies_in_its_own_folder_readable_by_its_owner_alone(found, home):
    found()
    private = sorted((home / "keys").glob("northwind/*/*.pem"))
    assert [path.parent.name for path in private] == [
        "brake", "log", *["offline"] * 5, "online", "publisher",
    ]  # fmt: skip
    secrets = [*private, *(home / "keys" / "northwind" / "session").iterdir()]
    assert {path.stat().st_mode & 0o777 for path in secrets} == {0o600}
    folders = [home / "keys", home / "keys" / "northwind", *{path.parent for path in secrets}]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_the_offline_keys_go_where_the_officer_says(found, tmp_path):
    found(offline_keys=tmp_path / "stick")
    assert len(list((tmp_path / "stick").glob("root-*.pem"))) == 5
    assert not Folders("northwind").offline.exists()


def test_only_the_operator_opens_the_secret_of_the_session(found):
    private, public = seal.new_wrap_pair()
    feed = found(wrap_public_key=public)
    wrapped = (Folders("northwind").work / f"secret-{feed.session}").read_bytes()
    info = seal.wrap_info("northwind", feed.session)
    assert seal.unwrap(wrapped, private, info) == Folders("northwind").secret(feed.session)
    with pytest.raises(NotVerified):
        seal.unwrap(wrapped, seal.new_wrap_pair()[0], info)


def test_the_log_begins_with_the_birth_of_the_keys(found):
    feed = found()
    report = verify_folder(Folders("northwind").log, log_key(feed))
    assert (report.origin, report.kinds) == ("groundpass/northwind", {"key": 1})


def test_a_second_feed_of_one_name_is_refused_and_keys_are_never_overwritten(found, cast, home):
    found()
    with pytest.raises(Refused, match="a feed northwind already"):
        found()
    (home / "keys" / "southwind" / "publisher").mkdir(parents=True)
    (home / "keys" / "southwind" / "publisher" / "publisher.pem").write_text("an old key")
    with pytest.raises(CannotRun, match="never overwritten"):
        found(name="southwind")


def test_what_does_not_hold_is_refused_before_any_key_is_drawn(found, cast, home):
    for changes in (
        {"name": "North Wind"},
        {"name": "../keys"},
        {"scheme": "imei"},
        {"operator": cast.authority},
        {"wrap_public_key": b"no key"},
        {"sign_public_key": seal.new_wrap_pair()[1]},
    ):
        with pytest.raises(BadInput):
            found(**changes)
    assert not (home / "keys" / "northwind").exists()
