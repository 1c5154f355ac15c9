"""The road of the data, step by step, as `make demo` tells it: from a form at a counter to a measured effect.

Each function is one step of the road; the test below walks it. Nothing is replaced by a stand-in: files are
signed and verified, stores are swapped, verdicts are decided by the operator's own code.
"""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

import pytest

from groundpass.authority.audit.api import events_for, verify_chain
from groundpass.authority.enforcement.api import effect as effect_of
from groundpass.authority.publication.api import (
    find_release,
    log_key,
    public_folder,
    releases,
    state_of,
)
from groundpass.authority.register.api import (
    find_terminal,
    public_figures,
    public_status,
    registration_of,
    revoke,
)
from groundpass.doors.demo import fleet as fleets
from groundpass.doors.demo import story
from groundpass.doors.demo.clock import StoryClock
from groundpass.doors.demo.stage import Stage
from groundpass.doors.demo.steps import operate, publish
from groundpass.doors.demo.telling import Silent
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.trust.log import verify_folder
from groundpass.kernel.wire.state import state_hash
from groundpass.operator.api import Store, explain_one

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.authority.publication.api import Feed
    from groundpass.doors.demo.story import Scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

TERMINALS = 400


def a_clerk_registers_a_terminal_and_a_typing_error_is_caught(scene: Scene) -> None:
    """Steps 1 and 2: register.submit, register.approve."""
    done = story.at_the_counter(scene)
    terminal = scene.fleet.terminal[scene.fleet.counter]
    assert "CYRILLIC CAPITAL LETTER O" in done.told
    assert done.suggestion in terminal
    assert done.registration.submitted_by == scene.cast.clerk
    assert done.registration.approved_by == scene.cast.reviewer
    assert public_figures() == {"listed": 1, "suspended": 0, "pending": 0}
    verbs = [event.verb for event in events_for(f"registration:{done.registration.uuid}")]
    assert verbs == ["register.approve"]


def everybody_else_is_registered_by_lists(scene: Scene) -> None:
    """Steps 1 and 2, in bulk: those who come late wait, and wait without harm to anybody."""
    approved = story.take_the_lists(scene)
    assert approved == len(scene.fleet.listed()) > TERMINALS / 2
    assert public_figures()["pending"] == len(scene.fleet.waiting()) > 0
    waiting = scene.fleet.waiting()[0].written
    assert public_status(waiting, now=scene.stage.clock.now).state == "pending"


def the_first_release_needs_the_offline_keys(scene: Scene) -> Feed:
    """Steps 4, 5 and 6: publication.build, assess, publish."""
    feed = publish.open_feed(scene.stage, scene.cast)
    reports = fleets.yesterday(scene.fleet, scene.stage.clock).table()
    publish.tell_activity(feed, scene.stage, scene.cast, reports)
    done = publish.make_public(feed, scene.stage, scene.cast, now=scene.stage.clock.released)
    assert done.impact.demand == "offline_keys"
    assert done.impact.unlisted_active > 0
    assert "needs 3 of the 5 offline keys" in done.held_up[-1]
    assert done.release.state == "published"
    assert done.release.entries == public_figures()["listed"]
    assert state_hash(state_of(done.release)) == done.release.state_hash
    return feed


def the_operator_holds_exactly_what_was_published(scene: Scene, feed: Feed) -> None:
    """Step 7: operator.sync, and its acknowledgement."""
    story.join_the_operator(scene, feed)
    store = Store.open(scene.stage.store)
    release = find_release(feed, 1)
    assert store.current_release().meta.state_hash == release.state_hash
    assert state_hash(store.current()) == release.state_hash


def a_late_holder_is_served_within_seconds(scene: Scene, feed: Feed) -> None:
    """Steps 1 to 8 once more, for one terminal, by the wall clock and by a delta."""
    done = story.come_late(scene, feed)
    assert done.before == ("DENY", "UNLISTED")
    assert done.after == ("ALLOW", "LISTED")
    assert done.published.impact.demand == "none"
    assert done.published.impact.added == 1
    assert Store.open(scene.stage.store).current_release().meta.how == "delta"
    assert 0 < done.seconds_to_enforce < 60


def a_day_of_reports_is_decided(scene: Scene) -> None:
    """Step 8: every report has a verdict, in its order."""
    summary = story.decide_the_day(scene)
    assert sum(summary.by_reason.values()) == sum(summary.by_verdict.values()) == summary.rows
    assert summary.rows > TERMINALS * 20
    assert {"LISTED", "UNLISTED", "OUTSIDE", "UNLOCATED"} <= set(summary.by_reason)
    assert summary.release == 2
    assert not summary.flags.get("HELD")


def the_effect_is_measured_and_names_its_releases(scene: Scene, feed: Feed) -> None:
    """Steps 9, 10 and 11: operator.report, enforcement.reconcile, figures for everybody."""
    figures = story.measure(scene, feed)
    wrongly_cut = int((scene.fleet.mistyped | scene.fleet.pending).sum())
    assert figures.false_cut_rate.numerator == wrongly_cut == 2
    assert figures.leak_rate.numerator is not None
    assert 0 < figures.leak_rate.numerator <= int(scene.fleet.leaking.sum())
    assert figures.time_to_enforce.numerator == 1
    shown = effect_of(feed)
    assert shown.leak_rate is not None
    assert shown.leak_rate.simulated
    assert 2 in shown.leak_rate.releases


def a_registration_that_ends_ends_service_too(scene: Scene, feed: Feed) -> None:
    """The road once more, backwards: register.revoke, a new release, a delta, another verdict."""
    truth, late = scene.fleet.fleet.truth, scene.fleet.late
    terminal = scene.fleet.terminal[late]
    now = int(time.time())
    registration = registration_of(find_terminal(terminal))
    assert registration is not None
    revoke(registration, "sold abroad", actor=scene.cast.reviewer, now=now)
    done = publish.make_public(feed, scene.stage, scene.cast, now=now)
    assert (done.impact.removed, done.impact.losing, done.impact.demand) == (1, 1, "none")
    assert operate.take(scene.stage, now=now).how == "delta"
    place = {name: truth[name][late].as_py() for name in ("lat", "lon")}
    told = explain_one(scene.stage.store, terminal, now_ns=now * NS, time_ns=now * NS, **place)
    assert (told.decision.verdict.name, told.decision.reason.name) == ("DENY", "UNLISTED")


def nothing_was_written_past_the_trail(scene: Scene, feed: Feed) -> None:
    """What was done can be checked from the outside: the audit chain, the transparency log, the verdicts."""
    assert verify_chain().ok
    report = verify_folder(public_folder(feed) / "log", log_key(feed))
    assert report.kinds["release"] == releases(feed).count() == 3
    with scene.stage.file("late-verdict.csv").open(encoding="utf-8", newline="") as file:
        assert [row["release"] for row in csv.DictReader(file)] == ["2"]


def test_a_terminal_travels_from_a_form_to_a_measured_effect_and_back(home: Path) -> None:
    stage = Stage(home, StoryClock(int(time.time())), TERMINALS, seed=20_260_205)
    scene = story.found(stage, Silent())
    a_clerk_registers_a_terminal_and_a_typing_error_is_caught(scene)
    everybody_else_is_registered_by_lists(scene)
    assert story.agree_on_rules(scene) == 1
    feed = the_first_release_needs_the_offline_keys(scene)
    the_operator_holds_exactly_what_was_published(scene, feed)
    a_late_holder_is_served_within_seconds(scene, feed)
    a_day_of_reports_is_decided(scene)
    the_effect_is_measured_and_names_its_releases(scene, feed)
    a_registration_that_ends_ends_service_too(scene, feed)
    nothing_was_written_past_the_trail(scene, feed)
