"""A release that takes service from too many waits for the duty officer, however slowly it creeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from groundpass.kernel.core.errors import BrakeEngaged, NotFound, Refused
from groundpass.kernel.core.intervals import NS, Interval
from groundpass.kernel.core.state import Rule, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action
from groundpass.operator.decide import decide_file
from groundpass.operator.records import Brake
from groundpass.operator.status import store_status
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import release_staged, sync
from support.publisher import LAND, Publisher, utid
from support.times import DAY, HOUR, NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from groundpass.kernel.core.state import State
    from groundpass.operator.keys import OperatorKeys

BOUND = 5


@pytest.fixture
def store(tmp_path: Path, publisher: Publisher, keys: OperatorKeys) -> Store:
    """300 are listed; more than 5 losing in a day are too many."""
    brake = Brake(floor=BOUND, share=0.0)
    place = init_store(tmp_path / "store", publisher.root, keys, str(publisher.public), now=NOW, brake=brake)
    publisher.publish()
    sync("", place.folder, now=NOW)
    return place


def test_as_many_as_the_bound_flow_and_one_more_is_staged(publisher: Publisher, store: Store) -> None:
    publisher.listed = publisher.listed[BOUND:]
    publisher.later(60).publish()
    assert sync("", store.folder, now=publisher.now).losing == BOUND
    publisher.listed = publisher.listed[1:]
    publisher.later(60).publish()
    with pytest.raises(BrakeEngaged, match=r"Serial 3 .* 6 terminals.*More than 5.*Serial 2 stays in force"):
        sync("", store.folder, now=publisher.now)
    assert store.current().serial == 2
    status = store_status(store.folder, now=publisher.now)
    assert (status.serial, status.staged, status.staged_losing) == (2, 3, 6)
    assert "stays in force" not in status.last_error
    assert "6 terminals" in status.last_error


def test_the_duty_officer_releases_what_was_staged_by_name(publisher: Publisher, store: Store) -> None:
    publisher.listed = publisher.listed[50:]
    publisher.later(60).publish()
    with pytest.raises(BrakeEngaged):
        sync("", store.folder, now=publisher.now)
    with pytest.raises(NotFound, match="serial 7"):
        release_staged(store.folder, 7, "duty.ivan", now=publisher.now)
    with pytest.raises(Refused, match="by a person"):
        release_staged(store.folder, 2, " ", now=publisher.now)
    assert store.current().serial == 1
    result = release_staged(store.folder, 2, "duty.ivan", now=publisher.now + 30)
    assert (result.serial, result.previous, result.losing) == (2, 1, 50)
    meta = store.current_release().meta
    assert (meta.released_by, meta.received_at, meta.applied_at) == (
        "duty.ivan", publisher.now, publisher.now + 30,
    )  # fmt: skip
    assert len(store.current().entries) == 250
    with pytest.raises(NotFound):
        release_staged(store.folder, 2, "duty.ivan", now=publisher.now)


def test_the_count_starts_anew_after_the_duty_officer_has_looked(publisher: Publisher, store: Store) -> None:
    publisher.listed = publisher.listed[50:]
    publisher.later(60).publish()
    with pytest.raises(BrakeEngaged):
        sync("", store.folder, now=publisher.now)
    release_staged(store.folder, 2, "duty.ivan", now=publisher.now)
    publisher.listed = publisher.listed[BOUND:]
    publisher.later(60).publish()
    assert sync("", store.folder, now=publisher.now).serial == 3


def test_removals_that_creep_are_counted_over_the_day(publisher: Publisher, store: Store) -> None:
    for _ in range(BOUND):
        publisher.listed = publisher.listed[1:]
        publisher.later(10).publish()
        sync("", store.folder, now=publisher.now)
    publisher.listed = publisher.listed[1:]
    publisher.later(10).publish()
    with pytest.raises(BrakeEngaged):
        sync("", store.folder, now=publisher.now)
    publisher.later(DAY)
    publisher.repository.refresh(publisher.ceremony.signer("online"), now=publisher.now)
    assert sync("", store.folder, now=publisher.now).serial == BOUND + 2


def test_who_is_listed_again_is_no_longer_lost(publisher: Publisher, store: Store) -> None:
    gone = publisher.listed[:BOUND]
    publisher.listed = publisher.listed[BOUND:]
    publisher.later(60).publish()
    sync("", store.folder, now=publisher.now)
    publisher.listed = gone + publisher.listed[BOUND:]
    publisher.later(60).publish()
    assert sync("", store.folder, now=publisher.now).losing == BOUND


def test_a_better_release_takes_the_place_of_a_staged_one(publisher: Publisher, store: Store) -> None:
    listed = publisher.listed
    publisher.listed = []
    publisher.later(60).publish()
    with pytest.raises(BrakeEngaged):
        sync("", store.folder, now=publisher.now)
    publisher.listed = listed
    publisher.later(60).publish()
    assert sync("", store.folder, now=publisher.now).serial == 3
    assert store_status(store.folder, now=publisher.now).staged is None
    with pytest.raises(NotFound):
        release_staged(store.folder, 2, "duty.ivan", now=publisher.now)


def shortened(state: State) -> State:
    entries = replace(state.entries, valid_until=np.full(len(state.entries), NOW + HOUR, np.int64))
    return replace(state, entries=entries)


def postponed(state: State) -> State:
    entries = replace(state.entries, valid_from=np.full(len(state.entries), NOW + 30 * DAY, np.int64))
    return replace(state, entries=entries)


def denied(state: State) -> State:
    return replace(state, rules=(Rule("land", UNLISTED, Action.DENY), Rule("land", "standard", Action.DENY)))


def denied_later(state: State) -> State:
    later = Rule("land", "standard", Action.DENY, Interval(NOW + 5 * DAY))
    return replace(state, rules=(Rule("land", UNLISTED, Action.DENY), later))


def confined(state: State) -> State:
    here = Rule("land", "standard", Action.ALLOW, permitted=())
    return replace(state, rules=(Rule("land", UNLISTED, Action.DENY), here))


def reclassed(state: State) -> State:
    entries = replace(state.entries, profile=np.full(len(state.entries), 2, np.uint16))
    rules = (*state.rules, Rule("land", "grounded", Action.DENY))
    return replace(state, profiles=(*state.profiles, "grounded"), entries=entries, rules=rules)


@pytest.mark.parametrize("change", [shortened, postponed, denied, denied_later, confined, reclassed])
def test_every_way_of_taking_service_from_the_listed_is_seen(
    publisher: Publisher, store: Store, change: Callable[[State], State]
) -> None:
    publisher.later(60).publish(change(publisher.state()))
    with pytest.raises(BrakeEngaged, match="300 terminals"):
        sync("", store.folder, now=publisher.now)


def test_a_territory_redrawn_counts_its_denials_as_new(publisher: Publisher, store: Store) -> None:
    state = denied(publisher.state())
    publisher.later(60).publish(state)
    with pytest.raises(BrakeEngaged):
        sync("", store.folder, now=publisher.now)
    release_staged(store.folder, 2, "duty.ivan", now=publisher.now)
    larger = Territory("land", "Testland", shapely.to_wkb(LAND.buffer(1)), country="XT")
    publisher.later(60).publish(replace(denied(publisher.state()), territories=(larger,)))
    with pytest.raises(BrakeEngaged, match="300 terminals"):
        sync("", store.folder, now=publisher.now)


def test_new_listings_and_longer_ones_never_engage_the_brake(publisher: Publisher, store: Store) -> None:
    publisher.listed += [utid(n) for n in range(20_000, 20_500)]
    state = publisher.later(60).state()
    longer = replace(state.entries, valid_until=state.entries.valid_until + DAY)
    publisher.publish(replace(state, entries=longer))
    assert sync("", store.folder, now=publisher.now).losing == 0


def test_unlisted_terminals_seen_allowed_count_when_the_list_is_closed(
    tmp_path: Path, publisher: Publisher, store: Store
) -> None:
    """The way to a closed list: who was allowed though unlisted loses by the rule, if still active."""
    publisher.action = Action.ALLOW
    publisher.later(60).publish()
    sync("", store.folder, now=publisher.now)
    count = BOUND + 1
    table = pa.table(
        {
            "terminal": [utid(70_000 + n) for n in range(count)],
            "time": pa.array([publisher.now * NS] * count, pa.timestamp("ns", "UTC")),
            "lat": [50.0] * count,
            "lon": [30.0] * count,
        }
    )
    pq.write_table(table, tmp_path / "r.parquet")
    decide_file(
        tmp_path / "r.parquet", tmp_path / "v.csv", store=store.folder, now_ns=(publisher.now + 1) * NS
    )
    publisher.action = Action.DENY
    publisher.later(60).publish()
    with pytest.raises(BrakeEngaged, match="6 terminals"):
        sync("", store.folder, now=publisher.now)
    publisher.later(2 * DAY).publish()
    assert sync("", store.folder, now=publisher.now).serial == 4


def test_a_new_session_is_weighed_by_numbers(publisher: Publisher, store: Store) -> None:
    """Its keys are others: who loses cannot be told, how many can."""
    publisher.new_session("0b")
    publisher.listed = publisher.listed[40:]
    publisher.publish()
    with pytest.raises(BrakeEngaged, match="40 terminals"):
        sync("", store.folder, now=NOW)
    publisher.listed += [utid(30_000 + n) for n in range(40)]
    publisher.publish()
    assert sync("", store.folder, now=NOW).serial == 3


def test_a_damaged_copy_is_weighed_by_numbers(publisher: Publisher, store: Store) -> None:
    (store.current_release().folder / "state.bin").write_bytes(b"")
    publisher.listed = publisher.listed[40:]
    publisher.publish()
    with pytest.raises(BrakeEngaged, match="40 terminals"):
        sync("", store.folder, now=NOW)
    publisher.listed += [utid(30_000 + n) for n in range(40)]
    publisher.publish()
    assert sync("", store.folder, now=NOW).serial == 3
