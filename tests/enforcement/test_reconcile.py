"""A report is held against its releases: figures, cases, and what is not told twice."""

from __future__ import annotations

import msgspec
import pytest
from django.db import IntegrityError, transaction

from enforcement.rows import allowed, denied
from groundpass.authority.audit.api import events, events_for, verify_chain
from groundpass.authority.enforcement.api import (
    Case,
    Figures,
    cases,
    decide_case,
    effect,
    figures_of,
    kind_text,
)
from groundpass.authority.register.api import resume, revoke, suspend
from groundpass.kernel.core.errors import CannotRun, NoRight, NotFound
from groundpass.kernel.core.verdicts import Reason
from groundpass.kernel.wire.enforcement import Window
from support.register import fill
from support.times import HOUR

pytestmark = pytest.mark.django_db


def test_a_report_gives_its_figures_with_window_release_and_ground_truth(world):
    listed, strangers, start = world.keys_of(), world.strangers(4), world.start
    report = world.ingest(
        world.says(
            allowed(listed[0], start + 60, start + 3000),
            denied(strangers[0], start + 60, start + 3000),
            denied(strangers[1], start + 60, start + 70),
            denied(strangers[2], start - 500, start - 100),  # not seen since the release
        )
    )
    row = world.reconcile(report)
    assert (row.serials, row.simulated, row.report) == ([1], False, report)
    made = figures_of(row)
    leak = made.leak_rate
    assert (leak.numerator, leak.denominator, leak.window) == (1, 2, (start, start + HOUR))
    assert (leak.releases, leak.simulated) == ((1,), False)
    assert made.false_cut_rate.value is None
    assert made.release_delay == {
        "published_to_received": 10,
        "received_to_verified": 2,
        "verified_to_applied": 3,
    }
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(made)), Figures) == made
    event = events_for(f"report:northwind:{report.pk}").last()
    assert (event.verb, event.actor) == ("enforcement.reconcile", "officer")


def test_with_the_truth_of_a_simulation_every_figure_says_simulated(world):
    listed, strangers, start = world.keys_of(), world.strangers(2), world.start
    rows = [
        allowed(listed[0], start + 60, start + 90),
        denied(strangers[0], start + 60, start + 90),
        denied(strangers[1], start + 60, start + 90),
    ]
    truth = {listed[0]: True, strangers[0]: True, strangers[1]: False}
    made = world.figures(*rows, truth=truth)
    assert (made.false_cut_rate.numerator, made.false_cut_rate.denominator) == (1, 2)
    assert made.simulated
    assert {made.leak_rate.simulated, made.false_cut_rate.simulated, made.time_to_enforce.simulated} == {True}


def test_time_to_enforce_is_told_by_the_second_release_for_terminals_seen_on_both_sides(world):
    start, cast = world.start, world.cast
    (late,) = fill(cast, 1, now=start + HOUR, seed=99)
    gone, back, quiet = world.authority.registrations
    revoke(gone, "sold abroad", actor=cast.reviewer, now=start + HOUR + 10)
    suspend(back, "reported lost", actor=cast.reviewer, now=start + HOUR + 20)
    second = world.authority.publish(start + HOUR + 30)
    into, out, lost, same = world.keys_of(late, gone, back, quiet)
    then = start + HOUR + 30
    made = world.figures(
        allowed(into, then + 20, then + 100, denied=start),
        denied(out, then + 16, then + 30, allowed=start),
        denied(lost, then + 26, then + 26, allowed=start),
        allowed(same, start, then + 100),
        release=second,
    )
    told = made.time_to_enforce
    assert (told.numerator, told.denominator, told.releases) == (3, 3, (1, 2))
    assert (told.p50, told.max) == (36.0, 50.0)  # 36 s: both of those that lost service
    assert told.stages["approval_to_published"].max == 30.0
    resume(back, "found", actor=cast.reviewer, now=then + HOUR)
    third = world.authority.publish(then + HOUR + 5)
    made = world.figures(allowed(lost, then + HOUR + 25, then + HOUR + 30, denied=then + 26), release=third)
    assert (made.time_to_enforce.p50, made.time_to_enforce.releases) == (25.0, (2, 3))


def test_a_serial_that_the_operator_skipped_loses_no_change(world):
    start = world.start
    world.reconcile(world.ingest(world.says()))
    (late,) = fill(world.cast, 1, now=start + HOUR, seed=99)
    world.authority.publish(start + HOUR + 30)
    third = world.authority.publish(start + HOUR + 60)
    (key,) = world.keys_of(late)
    row = allowed(key, start + HOUR + 90, start + HOUR + 95, denied=start)
    made = world.figures(row, release=third)
    assert (made.time_to_enforce.p50, made.time_to_enforce.releases) == (90.0, (1, 3))


def test_a_state_that_is_not_kept_any_more_leaves_the_changes_unknown(world, home):
    second = world.authority.publish(world.start + HOUR)
    states = home / "feeds" / "northwind" / "work"
    (states / "1.state").unlink()
    made = world.figures(release=second)
    assert made.time_to_enforce.denominator is None
    (states / "2.state").unlink()
    with pytest.raises(CannotRun):
        world.figures(release=second)


def test_a_clock_of_the_year_2200_does_not_widen_the_window(world):
    start, (stranger, other) = world.start, world.strangers(2)
    far = start + 174 * 365 * 24 * HOUR
    report = world.says(
        denied(stranger, start + 60, start + 90),
        denied(other, start + 60, far),
        window=Window(start, far + 1),
    )
    leak = figures_of(world.reconcile(world.ingest(report))).leak_rate
    assert leak.window == (start, start + 2 * HOUR + 300)
    assert (leak.numerator, leak.denominator) == (0, 1)


def test_a_report_in_which_nothing_was_decided_knows_nothing(world):
    made = figures_of(world.reconcile(world.ingest(world.says(window=None))))
    assert (made.leak_rate.value, made.leak_rate.window, made.time_to_enforce.numerator) == (None, None, 0)


def test_only_those_with_the_right_reconcile(world):
    from groundpass.authority.enforcement.api import reconcile

    report = world.ingest(world.says())
    for person in (world.cast.clerk, world.cast.auditor, world.cast.stranger):
        with pytest.raises(NoRight):
            reconcile(report, actor=person, now=world.start + HOUR)
    assert reconcile(report, actor=world.cast.engineer, now=world.start + HOUR)


def test_each_difference_becomes_a_case_without_an_identity(world):
    (listed, *_), (stranger, other), start = world.keys_of(), world.strangers(2), world.start
    made = world.figures(
        denied(listed, start + 60, start + 70),
        allowed(stranger, start + 60, start + 70),
        denied(other, start + 60, start + 3000),
    )
    assert made.differences == {
        "denied_although_listed": {"found": 1, "opened": 1},
        "allowed_although_unlisted": {"found": 1, "opened": 1},
        "active_although_denied": {"found": 1, "opened": 1},
    }
    opened = {case.kind: case for case in cases("open")}
    assert opened["denied_although_listed"].subject == f"{listed:016x}"
    assert opened["allowed_although_unlisted"].detail["verdict"] == "ALLOW"
    assert opened["active_although_denied"].detail["denied_since"] == start + 60
    assert set(kind_text("active_although_denied")) == {"en", "uk"}
    assert [event.verb for event in events()][-4:] == ["enforcement.reconcile"] + 3 * [
        "enforcement.open_case"
    ]
    assert verify_chain().ok


def test_the_same_difference_is_one_case_until_it_is_decided(world):
    start, (stranger,) = world.start, world.strangers(1)
    leak = denied(stranger, start + 60, start + 3000)
    report = world.ingest(world.says(leak))
    world.reconcile(report)
    world.reconcile(report)
    later = world.ingest(world.says(leak, applied_at=start + 16))
    world.reconcile(later)
    case = cases().get()
    decide_case(case, "operator_fault", "The beam stayed open", actor=world.cast.reviewer, now=start + HOUR)
    again = figures_of(world.reconcile(report))
    assert again.differences["active_although_denied"] == {"found": 1, "opened": 0}
    world.reconcile(later)  # it told the same, and has no case of its own yet
    assert cases("open").count() == 1


def test_of_one_kind_a_hundred_cases_are_opened_and_the_rest_is_counted(world):
    start = world.start
    rows = [denied(key, start + 60, start + 1000 + place) for place, key in enumerate(world.strangers(120))]
    made = world.figures(*rows)
    assert made.differences["active_although_denied"] == {"found": 120, "opened": 100}
    assert min(case.detail["last_seen"] for case in cases()) == start + 1020  # those seen last


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_a_second_open_case_and_a_decision_of_nobody(world):
    start, (stranger,) = world.start, world.strangers(1)
    world.figures(denied(stranger, start + 60, start + 3000))
    for change in (
        {},
        {"subject": "0" * 16, "state": "decided"},
        {"subject": "0" * 16, "decision": "lost"},
    ):
        copy = Case.objects.get()
        copy.pk = None
        for name, value in change.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_the_effect_shows_each_figure_of_the_newest_report_that_knows_it(world):
    assert effect(world.feed).newest is None
    assert effect().leak_rate is None
    start, (stranger,) = world.start, world.strangers(1)
    world.figures(denied(stranger, start + 60, start + 3000), truth={stranger: False})
    (late,) = fill(world.cast, 1, now=start + HOUR, seed=99)
    second = world.authority.publish(start + HOUR + 30)
    (key,) = world.keys_of(late)
    row = allowed(key, start + HOUR + 50, start + HOUR + 60, Reason.LISTED, denied=start)
    world.figures(row, release=second)
    now = effect(world.feed)
    assert now == effect()
    assert (now.leak_rate.value, now.leak_rate.releases, now.leak_rate.simulated) == (1.0, (1,), True)
    assert (now.time_to_enforce.p50, now.time_to_enforce.releases) == (50.0, (1, 2))
    assert now.false_cut_rate.value is None
    assert [reading.serials for reading in now.history] == [(1, 2), (1,)]
    assert (now.newest, now.newest.feed, now.newest.at) == (now.history[0], "northwind", start + 2 * HOUR)


def test_what_does_not_exist_is_not_found(world):
    from groundpass.authority.enforcement.api import find_case, find_report

    with pytest.raises(NotFound, match="no case 1"):
        find_case(1)
    with pytest.raises(NotFound, match="no enforcement report 1"):
        find_report(1)
    row = world.ingest(world.says())
    assert find_report(row.pk) == row
