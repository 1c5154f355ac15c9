"""Batches: order, length, steps, segments, keys; what a single row cannot show."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from groundpass.kernel.core.intervals import NEVER, NS, Interval
from groundpass.kernel.core.state import Blocks, Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action
from groundpass.kernel.engine import ReleaseView, Reports, decide, decide_one
from groundpass.kernel.engine.fast import FastView, decide_fast
from groundpass.kernel.engine.lookup import KeyIndex
from groundpass.kernel.engine.vectorised import COLUMNS
from groundpass.kernel.territory import to_wkb

NOW = 1_775_000_000
KEYS = np.unique(np.random.default_rng(1).integers(1, 2**64 - 1, 5_000, dtype=np.uint64))


def make_state(edges: int = 3) -> State:
    """Two territories and a rule that changes every hour."""
    rng = np.random.default_rng(2)
    hours = [NOW - 3600 * index for index in range(edges, -1, -1)]
    rules = [
        Rule("land", UNLISTED, Action(index % 3), Interval(start, start + 3600))
        for index, start in enumerate(hours)
    ]
    return State(
        feed="demo",
        session="00",
        serial=1,
        issued=NOW - 100,
        scheme="utid",
        profiles=(UNLISTED, "standard", "mobile"),
        entries=Entries(
            KEYS,
            rng.integers(1, 3, len(KEYS)).astype(np.uint16),
            NOW - rng.integers(-1000, 10_000, len(KEYS)) - 10_000_000,
            NOW + rng.integers(-5_000_000, 10_000, len(KEYS)),
        ),
        territories=(
            Territory(
                "land", "Land", to_wkb(shapely.box(22, 44, 40, 52).difference(shapely.box(30, 46, 31, 47)))
            ),
            Territory("zone", "Zone", to_wkb(shapely.Point(37, 48).buffer(1)), precedence=1),
        ),
        rules=(
            *rules,
            Rule("zone", "standard", Action.DENY),
            Rule("land", "mobile", Action.ALLOW, permitted=("zone",)),
        ),
    )


def make_reports(size: int, spread: int) -> Reports:
    rng = np.random.default_rng(3)
    known = rng.random(size) < 0.8
    wide = np.where(rng.random(size) < 0.05, rng.uniform(10, 50_000, size), np.nan)
    return Reports.of(
        size,
        key=np.where(known, rng.choice(KEYS, size), rng.integers(0, 2**64 - 1, size, dtype=np.uint64)),
        time_ns=(NOW - rng.integers(-500, spread, size)) * NS + rng.integers(0, NS, size),
        lat=rng.uniform(43, 53, size),
        lon=np.where(rng.random(size) < 0.02, np.nan, rng.uniform(20, 42, size)),
        uncertainty_m=wide,
        country=np.where(rng.random(size) < 0.5, np.uint16(0x5541), np.uint16(0)),
    )


@pytest.mark.parametrize(("edges", "spread"), [(3, 10), (3, 20_000), (60, 300_000)])
def test_a_batch_of_several_steps_and_segments_agrees_row_by_row(edges: int, spread: int) -> None:
    state, batch = make_state(edges), make_reports(70_000, spread)
    blocks = Blocks(2, KEYS[::50], np.full(len(KEYS[::50]), NOW + 60))
    view = ReleaseView.of(state)
    decisions = decide(view, batch, now_ns=NOW * NS, blocks=blocks)
    compiled = decide_fast(FastView(view), batch, now_ns=NOW * NS, blocks=blocks)
    assert len(decisions) == len(batch)
    for name in COLUMNS:
        assert np.array_equal(getattr(decisions, name), getattr(compiled, name)), name
    for index in [*range(0, 70_000, 300), 65_535, 65_536, 69_999]:
        assert decisions.row(index) == decide_one(state, batch.row(index), now_ns=NOW * NS, blocks=blocks)


def test_an_empty_batch_gives_no_verdicts() -> None:
    decisions = decide(ReleaseView.of(make_state()), Reports.of(0), now_ns=NOW * NS)
    assert len(decisions) == 0


def test_an_empty_release_governs_nothing() -> None:
    state = State("demo", "00", 1, NOW, "utid", (UNLISTED,), Entries.empty(), (), ())
    decisions = decide(ReleaseView.of(state), make_reports(100, 10), now_ns=NOW * NS)
    assert set(decisions.territory.tolist()) == {0}
    assert set(decisions.valid_until_ns.tolist()) <= {NEVER} | {
        int(time) - 300 * NS for time in make_reports(100, 10).time_ns
    }


def test_the_skew_of_a_view_may_be_set() -> None:
    state = make_state()
    ahead = Reports.of(1, time_ns=np.array([(NOW + 10) * NS]), lat=np.array([50.0]), lon=np.array([30.0]))
    strict = decide(ReleaseView(state, skew=9), ahead, now_ns=NOW * NS).row(0)
    lenient = decide(ReleaseView(state, skew=10), ahead, now_ns=NOW * NS).row(0)
    assert (strict.reason.name, strict.valid_until_ns) == ("UNLOCATED", (NOW + 1) * NS)
    assert lenient.reason.name == "UNLISTED"


@given(
    st.sets(st.integers(1, 2**64 - 1) | st.integers(1, 300), max_size=300),
    st.lists(st.integers(0, 2**64 - 1)),
)
def test_keys_are_found_where_they_are_and_nowhere_else(keys: set[int], others: list[int]) -> None:
    column = np.array(sorted(keys), np.uint64)
    wanted = np.array([*keys, *others, 0, 1, 2**64 - 1], np.uint64)
    found = KeyIndex(column).find(wanted)
    rows = {key: index for index, key in enumerate(sorted(keys))}
    assert found.tolist() == [rows.get(key, -1) if key else -1 for key in wanted.tolist()]
