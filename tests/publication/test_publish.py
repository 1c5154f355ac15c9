"""A release becomes public: who has to agree, what is signed, what a kill leaves behind."""

from __future__ import annotations

import pytest

from groundpass.authority.audit.api import events_for
from groundpass.authority.publication.api import (
    assess,
    build,
    find_release,
    impact_of,
    latest_published,
    log_key,
    notification_of,
    public_folder,
    publish,
    refresh,
    releases,
    state_of,
)
from groundpass.authority.publication.folders import Folders
from groundpass.authority.register.api import revoke
from groundpass.kernel.core.errors import BrakeEngaged, CannotRun, NoRight, Refused, SecondPerson
from groundpass.kernel.trust.log import verify_folder
from support.register import UTIDS, fill, protected, registered
from support.times import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db
RULES_AGAIN = """\
title: The same law, written again
territories: [ua]
rules:
  - {territory: ua, profile: unlisted, action: deny}
"""


def test_the_first_release_that_denies_the_unlisted_needs_the_offline_keys(authority):
    release = authority.prepare()
    assert (release.demand, impact_of(release).hardened[0].profile) == ("offline_keys", "unlisted")
    with pytest.raises(BrakeEngaged, match=r"needs 3 of the 5 offline keys, and has 0.*--offline-keys"):
        publish(release, actor=authority.cast.officer, now=NOW)
    assert notification_of(authority.feed) is None
    done = publish(release, actor=authority.cast.officer, now=NOW, offline_keys=authority.offline)
    assert (done.state, done.serial, done.entries) == ("published", 1, 3)
    assert latest_published(authority.feed) == done
    assert notification_of(authority.feed).state_hash == done.state_hash


def test_whoever_has_no_right_publishes_nothing(authority):
    release = authority.prepare()
    for person in (authority.cast.engineer, authority.cast.reviewer, authority.cast.stranger):
        with pytest.raises(NoRight):
            publish(release, actor=person, now=NOW, offline_keys=authority.offline)
    assert not release.consents.exists()


def test_a_release_is_assessed_before_it_is_published(authority):
    release = build(authority.feed, actor=authority.cast.officer, now=NOW)
    with pytest.raises(Refused, match="not assessed"):
        publish(release, actor=authority.cast.officer, now=NOW, offline_keys=authority.offline)
    assess(release, actor=authority.cast.officer, now=NOW)
    publish(release, actor=authority.cast.officer, now=NOW, offline_keys=authority.offline)
    with pytest.raises(Refused, match="published already"):
        publish(release, actor=authority.cast.officer, now=NOW)
    with pytest.raises(Refused, match="is published"):
        assess(release, actor=authority.cast.officer, now=NOW)


def test_a_small_change_needs_nobody_else_and_the_system_may_publish_it(authority):
    authority.publish()
    fill(authority.cast, 2, now=NOW + HOUR, seed=99)
    release = authority.prepare(NOW + HOUR)
    assert (release.demand, release.two_people) == ("none", False)
    done = publish(release, actor=authority.cast.system, now=NOW + HOUR)
    assert (done.serial, done.entries, done.consents.count()) == (2, 5, 0)


def test_a_protected_holder_loses_service_by_two_people_only(authority):
    row = registered(authority.cast, protected(UTIDS[40]))
    authority.publish()
    revoke(row, "ended by the unit", actor=authority.cast.reviewer, now=NOW + HOUR)
    release = authority.prepare(NOW + HOUR)
    assert (release.demand, impact_of(release).protected) == ("two_people", 1)
    with pytest.raises(SecondPerson, match=r"needs two people, and has officer\. .*protected holders"):
        publish(release, actor=authority.cast.officer, now=NOW + HOUR)
    with pytest.raises(SecondPerson):  # the same one again
        publish(release, actor=authority.cast.officer, now=NOW + HOUR)
    with pytest.raises(SecondPerson):  # not a person
        publish(release, actor=authority.cast.system, now=NOW + HOUR)
    release.refresh_from_db()
    assert release.state == "consented"
    done = publish(release, actor=authority.cast.second_officer, now=NOW + HOUR)
    assert (done.state, done.entries) == ("published", 3)
    assert [row.user.username for row in done.consents.order_by("at", "id")] == ["officer", "second-officer"]
    verbs = [event.verb for event in events_for("release:northwind:2")]
    assert verbs == [
        "release.build",
        "release.assess",
        "release.consent",
        "release.consent",
        "release.publish",
    ]


def test_the_database_itself_refuses_a_second_consent_of_one_person(authority):
    from django.db import IntegrityError, transaction

    from groundpass.authority.publication.models import Consent

    release = authority.publish()
    consent = release.consents.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            release=release, user=consent.user, state_hash=consent.state_hash, at=consent.at
        )


def test_small_removals_cannot_creep_past_the_brake(authority):
    fill(authority.cast, 20, seed=99)
    authority.publish()
    rows = fill(authority.cast, 16, seed=123)
    authority.publish(NOW + 60)
    for number, row in enumerate(rows[:10]):
        revoke(row, "sold abroad", actor=authority.cast.reviewer, now=NOW + HOUR + number)
        if number % 5 == 4:
            authority.publish(NOW + HOUR + number, offline=False)
    revoke(rows[10], "sold abroad", actor=authority.cast.reviewer, now=NOW + 2 * HOUR)
    release = authority.prepare(NOW + 2 * HOUR)
    assert (release.demand, impact_of(release).losing, impact_of(release).losing_in_day) == (
        "two_people",
        1,
        11,
    )
    tomorrow = authority.prepare(NOW + 25 * HOUR + 60)
    assert (tomorrow.demand, impact_of(tomorrow).losing_in_day) == ("none", 1)


def test_the_operator_can_open_what_was_published_and_follow_its_deltas(authority):
    from groundpass.kernel.trust import seal
    from groundpass.kernel.wire import delta, snapshot
    from groundpass.kernel.wire.state import state_hash

    first = authority.publish()
    fill(authority.cast, 2, now=NOW + HOUR, seed=99)
    second = authority.publish(NOW + HOUR, offline=False)
    targets = public_folder(authority.feed) / "targets"

    def target(name):
        return next(targets.glob(f"*.{name}")).read_bytes()

    session = authority.feed.session
    secret = seal.unwrap(
        target(f"secret-{session}"), authority.wrap_private, seal.wrap_info("northwind", session)
    )
    key = seal.derive(secret, session).encryption

    def opened(name):
        return seal.unpad(seal.unseal(target(name), key, name))

    whole = snapshot.unpack(opened("snapshot-2"))
    stepped = delta.apply(state_of(first), delta.unpack(opened("delta-1-2")))
    assert state_hash(whole) == state_hash(stepped) == second.state_hash
    said = notification_of(authority.feed)
    assert [one.name for one in said.path_from(1)] == ["delta-1-2"]


def test_deltas_of_earlier_releases_stay_on_offer(authority):
    authority.publish()
    for hour in range(1, 6):
        fill(authority.cast, 1, now=NOW + hour * HOUR, seed=99 + hour)
        authority.publish(NOW + hour * HOUR, offline=False)
    said = notification_of(authority.feed)
    assert [one.name for one in said.deltas] == [f"delta-{n}-{n + 1}" for n in range(1, 6)]
    assert said.fault_of_deltas() == ""
    names = {path.name.split(".", 1)[1] for path in (public_folder(authority.feed) / "targets").iterdir()}
    assert {one.name for one in said.deltas} <= names
    assert "snapshot-1" not in names


def test_every_release_and_every_new_rule_set_is_in_the_log_once(authority):
    authority.publish()
    authority.publish(NOW + HOUR, offline=False)
    authority.agree(RULES_AGAIN, now=NOW + 2 * HOUR)
    authority.publish(NOW + 2 * HOUR)
    report = verify_folder(Folders("northwind").log, log_key(authority.feed))
    assert report.kinds == {"key": 1, "rules": 2, "release": 3}


def test_what_was_built_before_the_release_that_is_public_comes_too_late(authority):
    older, newer = authority.prepare(), authority.prepare()
    publish(newer, actor=authority.cast.officer, now=NOW, offline_keys=authority.offline)
    with pytest.raises(Refused, match="Release 1 comes too late"):
        publish(older, actor=authority.cast.officer, now=NOW, offline_keys=authority.offline)
    older.refresh_from_db()
    assert older.state == "superseded"


@pytest.mark.parametrize("broken", ["public/targets", "public/metadata/timestamp.json/x"])
def test_a_publication_that_the_disk_refused_is_finished_by_asking_again(authority, home, broken):
    """It refuses at the first target, and at the timestamp."""
    release = authority.prepare()
    path = home / "feeds" / "northwind" / broken
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("in the way")
    with pytest.raises(CannotRun):
        publish(release, actor=authority.cast.officer, now=NOW, offline_keys=authority.offline)
    assert not (public_folder(authority.feed) / "metadata" / "timestamp.json").is_file()
    assert latest_published(authority.feed) is None
    path.unlink()
    if path.name == "x":
        path.parent.rmdir()
    done = publish(release, actor=authority.cast.officer, now=NOW + 60)
    assert (done.state, notification_of(authority.feed).serial) == ("published", 1)
    assert verify_folder(Folders("northwind").log, log_key(authority.feed)).kinds["release"] == 1


@pytest.mark.parametrize("noted", [True, False])
def test_a_publisher_killed_after_the_feed_was_out_finishes_what_it_began(authority, home, noted):
    release = authority.publish()
    files = {path.name for path in (public_folder(authority.feed) / "targets").iterdir()}
    releases(authority.feed).filter(pk=release.pk).update(state="consented", published_at=None)
    if not noted:
        (home / "feeds" / "northwind" / "work" / "current.json").unlink()
    done = publish(release, actor=authority.cast.officer, now=NOW + 60)
    assert (done.state, notification_of(authority.feed).state_hash) == ("published", release.state_hash)
    assert verify_folder(Folders("northwind").log, log_key(authority.feed)).kinds["release"] == 1
    now_there = {path.name for path in (public_folder(authority.feed) / "targets").iterdir()}
    assert (now_there == files) == noted  # sealed again under another nonce, or left alone


def test_a_feed_that_publishes_nothing_new_is_kept_fresh(authority):
    authority.publish()
    timestamp = public_folder(authority.feed) / "metadata" / "timestamp.json"
    before = timestamp.read_bytes()
    with pytest.raises(NoRight):
        refresh(authority.feed, actor=authority.cast.engineer, now=NOW + 10 * DAY)
    refresh(authority.feed, actor=authority.cast.system, now=NOW + 10 * DAY)
    assert timestamp.read_bytes() != before
    assert find_release(authority.feed, 1).state == "published"


def test_states_stay_as_long_as_the_brake_or_a_late_report_needs_them(authority, home):
    authority.publish()
    for day in range(1, 13):
        authority.publish(NOW + day * 5 * DAY, offline=False)
    kept = {path.name for path in (home / "feeds" / "northwind" / "work").glob("*.*") if path.stem.isdigit()}
    assert kept == {f"{serial}.{kind}" for serial in range(4, 14) for kind in ("state", "protected")}
    assert state_of(find_release(authority.feed, 4)).serial == 4
    with pytest.raises(CannotRun, match="could not be read"):
        state_of(find_release(authority.feed, 3))
