"""An operator's report comes in: who may bring it, what must hold, what is kept."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from django.db import IntegrityError, transaction

from enforcement.rows import allowed, denied
from groundpass.authority.accounts.api import appoint, create_organisation, create_user
from groundpass.authority.audit.api import events, events_for
from groundpass.authority.enforcement.api import IncomingReport, ingest, reports
from groundpass.kernel.core.errors import BadInput, CannotRun, NoRight, NotFound, NotVerified
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.trust.signing import new_signer
from groundpass.kernel.wire.enforcement import Window
from support.threads import at_once
from support.times import HOUR, NOW

pytestmark = pytest.mark.django_db


def test_a_report_that_holds_is_kept_with_the_signature_of_the_operator(world, home):
    seen = [denied(7, world.start + 60, world.start + 90), allowed(9, world.start + 60, world.start + 95)]
    row = world.ingest(world.says(*seen))
    assert (row.feed, row.serial, row.state_hash) == (world.feed, 1, world.release.state_hash)
    assert row.counts == {
        "decided": 4,
        "by_reason": {"UNLISTED": 4},
        "by_verdict": {"DENY": 4},
        "flags": {},
        "observed": 2,
    }
    times = [row.published_at, *(int(at.timestamp()) for at in (row.received_at, row.verified_at))]
    assert times == [world.start, world.start + 10, world.start + 12]
    assert list(reports(world.feed)) == [row]
    kept = home / row.document
    assert kept.read_bytes() == (world.folder / "report.json").read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == row.document_sha256
    event = events_for(f"report:northwind:{row.pk}").get()
    assert (event.verb, event.actor) == ("enforcement.ingest", "engineer")
    assert event.detail == {"serial": 1, "sha256": row.sha256, "observed": 2}


def test_the_same_report_again_is_the_same_row_also_when_it_is_signed_again(world):
    report = world.says(denied(7, world.start + 60, world.start + 90))
    row = world.ingest(report)
    before = events().count()
    assert world.ingest(report, now=world.start + 3 * HOUR, actor=world.cast.officer) == row
    assert (IncomingReport.objects.count(), events().count()) == (1, before)
    other = world.ingest(msgspec.structs.replace(report, applied_at=report.applied_at + 1))
    assert other != row


def test_only_those_with_the_right_bring_reports_and_engineers_only_their_own_operators(world):
    report = world.says()
    cast = world.cast
    for person in (cast.clerk, cast.reviewer, cast.auditor, cast.stranger):
        with pytest.raises(NoRight):
            world.ingest(report, actor=person)
    rival = create_organisation("southwind", "Southwind", "operator", actor=cast.admin, now=NOW)
    spy = create_user("spy", actor=cast.admin, now=NOW)
    appoint(spy, "engineer", organisation=rival, actor=cast.admin, now=NOW)
    with pytest.raises(NoRight, match="Northwind"):
        world.ingest(report, actor=spy)
    assert not reports().exists()
    assert world.ingest(report, actor=cast.officer)


def test_a_report_that_another_key_signed_is_refused(world):
    report = world.says()
    with pytest.raises(NotVerified, match="not signed by those who must sign it"):
        ingest(world.signed(report, signer=new_signer()), actor=world.cast.engineer, now=world.start + HOUR)
    with pytest.raises(NotVerified, match="of type"):
        ingest(world.signed(report, kind="text/plain"), actor=world.cast.engineer, now=world.start + HOUR)
    assert not reports().exists()


def test_a_changed_byte_of_a_report_is_found_out(world):
    path = world.signed(world.says())
    whole = path.read_bytes()
    payload = whole.index(b'"payload":"') + len(b'"payload":"')
    for place in range(payload, payload + 200, 7):
        path.write_bytes(
            whole[:place] + (b"A" if whole[place : place + 1] != b"A" else b"B") + whole[place + 1 :]
        )
        with pytest.raises((NotVerified, BadInput, NotFound)):
            ingest(path, actor=world.cast.engineer, now=world.start + HOUR)
    path.write_bytes(whole)
    assert ingest(path, actor=world.cast.engineer, now=world.start + HOUR)


REFUSED = (
    ({"feed": "westwind"}, NotFound, "no feed 'westwind'"),
    ({"serial": 7}, NotVerified, "release 7 of northwind, which was never published"),
    ({"session": "ab12"}, NotVerified, "holds another release 1 than the one that was published"),
    ({"state_hash": "0" * 64}, NotVerified, "reports the state 0000000000000000, and we published"),
    ({"decided": 5}, BadInput, "do not add up"),
    ({"observed": 2}, BadInput, "1 observations and says 2"),
    ({"received_at": NOW}, NotVerified, "before it was published"),
    ({"applied_at": NOW + 30 * HOUR}, NotVerified, "applied the release at .* and now it is"),
    (
        {"window": Window(NOW + 30 * HOUR, NOW + 31 * HOUR)},
        NotVerified,
        "saw its first terminal at .* and now",
    ),
)


def test_a_report_that_cannot_be_about_what_we_published_is_refused(world):
    report = world.says(denied(7, world.start + 60, world.start + 90))
    for change, error, told in REFUSED:
        with pytest.raises(error, match=told):
            world.ingest(msgspec.structs.replace(report, **change))
    assert not reports().exists()
    assert world.ingest(report)


def test_a_release_that_is_built_and_not_published_cannot_have_been_applied(world):
    built = world.authority.prepare(world.start + HOUR)
    with pytest.raises(NotVerified, match="never published"):
        world.ingest(world.says(serial=built.serial, state_hash=built.state_hash))


def test_rows_that_contradict_themselves_are_refused(world):
    late = denied(7, world.start + 60, world.start + 90)
    early = (*late[:4], world.start + 30, *late[5:])
    with pytest.raises(BadInput, match=r"1 terminals .* are last seen before they are first seen"):
        world.ingest(world.says(early))
    assert not reports().exists()
    assert world.ingest(world.says(late))


def test_a_terminal_that_was_never_denied_has_no_time_of_denial(world):
    from groundpass.authority.enforcement.documents import observations_of

    seen = observations_of(world.ingest(world.says(allowed(9, world.start + 60, world.start + 95))))
    assert seen.first_denied_ns.tolist() == [NO_TIME]


def test_a_file_that_is_no_report_is_refused_with_the_next_step(world):
    path = world.folder / "other.json"
    for data in (b"", b"{}", b"not json", b'{"payload":"", "payloadType":"", "signatures":[]}'):
        path.write_bytes(data)
        with pytest.raises(BadInput, match=r"not a signed enforcement report.*groundpass operator report"):
            ingest(path, actor=world.cast.engineer, now=world.start)
    with pytest.raises(CannotRun):
        ingest(world.folder / "nothing.json", actor=world.cast.engineer, now=world.start)


def test_a_file_that_was_changed_after_it_came_in_is_not_read(world, home):
    row = world.ingest(world.says(denied(7, world.start + 60, world.start + 90)))
    kept = home / row.document
    whole = kept.read_bytes()
    kept.write_bytes(world.signed(world.says()).read_bytes())
    with pytest.raises(NotVerified, match="not the one that came in"):
        world.reconcile(row)
    kept.unlink()
    with pytest.raises(CannotRun):
        world.reconcile(row)
    kept.write_bytes(whole)
    assert world.reconcile(row)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_bring_the_same_report_at_once_make_one_row_and_one_event(world):
    report = world.says(denied(7, world.start + 60, world.start + 90))
    paths = [world.signed(report, name=f"{number}.json") for number in range(2)]
    rows = at_once(lambda path: ingest(path, actor=world.cast.engineer, now=world.start + HOUR), paths)
    assert rows[0] == rows[1] == IncomingReport.objects.get()
    assert events().filter(verb="enforcement.ingest").count() == 1
    assert world.reconcile(rows[0]).figures["leak_rate"]["denominator"] == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_a_report_that_is_there_or_out_of_order(world):
    row = world.ingest(world.says())
    long_ago = row.applied_at.replace(year=2000)
    for values in (
        {},
        {"sha256": "0" * 64, "verified_at": long_ago},
        {"sha256": "0" * 64, "window_end": long_ago},
        {"sha256": "0" * 64, "window_end": None},
    ):
        copy = IncomingReport.objects.get()
        copy.pk = None
        for name, value in values.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)
