"""Whatever the release and the reports are: the fast path says what the reference says, and nothing wraps."""

from __future__ import annotations

import math
from itertools import pairwise

import h3
import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from groundpass.kernel.core.intervals import ALWAYS, NEVER, NO_TIME, NS, Interval
from groundpass.kernel.core.state import Blocks, Entries, Rule, State, Territory, Timers
from groundpass.kernel.core.verdicts import UNLISTED, Action, Reason, Verdict, WhenUncertain
from groundpass.kernel.engine import ReleaseView, Report, Reports, decide, decide_one
from groundpass.kernel.engine.fast import FastView, decide_fast
from groundpass.kernel.territory import to_wkb

SHAPES = [
    shapely.box(30, 50, 31, 51),
    shapely.box(30.5, 50.5, 30.6, 50.6),
    shapely.box(30.25, 50.25, 31.5, 50.75),
    Polygon([(30, 50), (31, 50), (30.5, 50.9), (30, 50)]),
    shapely.box(29, 49, 32, 52).difference(shapely.box(30.4, 50.4, 30.7, 50.7)),
    MultiPolygon([shapely.box(179, -1, 180, 1), shapely.box(-180, -1, -179, 1)]),
    shapely.box(-180, 0, -170, 2),
    shapely.box(-180, 89, 180, 90),
    shapely.box(0, -90, 90, -88),
    shapely.box(-180, -90, 180, 90),
]
SECONDS = [0, 100, 200, 300, 400, 500, 600]
PROFILES = (UNLISTED, "standard", "mobile")
COUNTRIES = ["", "", "UA", "PL"]


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    start, end = sorted(draw(st.lists(st.sampled_from(SECONDS), min_size=2, max_size=2, unique=True)))
    return Interval(draw(st.sampled_from([start, start, ALWAYS])), draw(st.sampled_from([end, end, NEVER])))


@st.composite
def territories(draw: st.DrawFn) -> tuple[Territory, ...]:
    shapes = draw(st.lists(st.sampled_from(SHAPES), max_size=5))
    return tuple(
        Territory(
            id=f"t{index}",
            name=f"Territory {index}",
            wkb=to_wkb(shape),
            effective=draw(st.one_of(st.just(Interval()), intervals())),
            precedence=draw(st.integers(0, 3)),
            when_uncertain=draw(st.sampled_from(WhenUncertain)),
            country=draw(st.sampled_from(COUNTRIES)),
        )
        for index, shape in enumerate(shapes)
    )


@st.composite
def rules(draw: st.DrawFn, ids: list[str]) -> tuple[Rule, ...]:
    made = []
    for where in ids:
        for profile in PROFILES:
            edges = sorted(
                draw(st.lists(st.sampled_from([ALWAYS, *SECONDS, NEVER]), max_size=4, unique=True))
            )
            for start, end in pairwise(edges):
                if draw(st.booleans()):
                    made.append(
                        Rule(
                            where,
                            profile,
                            draw(st.sampled_from(Action)),
                            Interval(start, end),
                            speed_cap=draw(st.sampled_from([None, 75.0])),
                            permitted=draw(st.none() | st.lists(st.sampled_from(ids), max_size=2).map(tuple)),
                            grace=draw(st.sampled_from([0, 50, 100, 1000, 2**62])),
                        )
                    )
    return tuple(made)


@st.composite
def entries(draw: st.DrawFn) -> Entries:
    keys = sorted(draw(st.sets(st.sampled_from(KEYS[1:]), max_size=len(KEYS))))
    spans = [draw(intervals()) for _ in keys]
    return Entries(
        np.array(keys, np.uint64),
        np.array([draw(st.integers(1, 2)) for _ in keys], np.uint16),
        np.array([span.start for span in spans], np.int64),
        np.array([span.end for span in spans], np.int64),
    )


KEYS = [0, 1, 2, 2**32, 2**63 - 1, 2**63, 2**64 - 1]


@st.composite
def states(draw: st.DrawFn) -> State:
    places = draw(territories())
    return State(
        feed="test",
        session="00",
        serial=draw(st.integers(1, 9)),
        issued=draw(st.sampled_from(SECONDS)),
        scheme="utid",
        profiles=PROFILES,
        entries=draw(entries()),
        territories=places,
        rules=draw(rules([place.id for place in places])),
        timers=draw(st.sampled_from([Timers(10, 100, 200), Timers(60, 900, 10**9), Timers(1, 1, 1)])),
        unlocated_listed=draw(st.sampled_from(Verdict)),
        unlocated_others=draw(st.sampled_from(Verdict)),
        after_hold_others=draw(st.none() | st.sampled_from(Verdict)),
    )


@st.composite
def blocks(draw: st.DrawFn) -> Blocks:
    keys = sorted(draw(st.sets(st.sampled_from(KEYS), max_size=3)))
    until = [draw(st.sampled_from([*SECONDS, NEVER])) for _ in keys]
    return Blocks(draw(st.integers(0, 5)), np.array(keys, np.uint64), np.array(until, np.int64))


CORNERS = np.unique(np.concatenate([shapely.get_coordinates(shape) for shape in SHAPES]), axis=0).tolist()
coordinates = st.sampled_from(sorted({x for corner in CORNERS for x in corner} | {30.45, -30.0, 0.0}))
nudges = st.sampled_from([0.0, 0.0, math.inf, -math.inf])
numbers = st.builds(
    lambda number, way: float(np.nextafter(number, way)) if way else number, coordinates, nudges
)
lons = st.one_of(numbers, st.floats(29, 32.5), st.sampled_from([180.0, -180.0, math.nan, math.inf, 180.1]))
lats = st.one_of(numbers, st.floats(49, 52.5), st.sampled_from([90.0, -90.0, math.nan, -math.inf, 90.1]))
moments = st.builds(
    lambda second, more: second * NS + more, st.sampled_from(SECONDS), st.sampled_from([-1, 0, 1, NS // 2])
)
times = st.one_of(moments, moments, st.sampled_from([NO_TIME, NO_TIME + 1, 2**63 - 1, 901 * NS]))
radii = st.sampled_from(
    [math.nan, math.nan, 0.0, 0.009, 0.01, 5.0, 900.0, 30_000.0, 1e6, 1.1e6, -1.0, math.inf]
)
CELLS = [0, 0, 1, 2**64 - 1] + [
    h3.str_to_int(h3.latlng_to_cell(lat, lon, size))
    for lat, lon in [(50.5, 30.5), (50.0, 30.0), (0.0, 180.0), (90.0, 0.0), (50.6, 30.6), (50.75, 30.9)]
    for size in (0, 3, 5, 8, 15)
]
reports = st.builds(
    Report,
    key=st.sampled_from(KEYS),
    time_ns=times,
    lat=lats,
    lon=lons,
    uncertainty_m=radii,
    cell=st.sampled_from(CELLS),
    country=st.sampled_from(["", "UA", "PL", "XZ"]),
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    state=states(),
    batch=st.lists(reports, min_size=1, max_size=30),
    now_ns=moments,
    listed=blocks(),
)
def test_a_batch_is_decided_as_its_rows_are(
    state: State, batch: list[Report], now_ns: int, listed: Blocks
) -> None:
    view, rows = ReleaseView.of(state), Reports.from_rows(batch)
    by_columns = decide(view, rows, now_ns=now_ns, blocks=listed)
    compiled = decide_fast(FastView(view), rows, now_ns=now_ns, blocks=listed)
    assert len(by_columns) == len(compiled) == len(batch)
    for index, report in enumerate(batch):
        expected = decide_one(state, report, now_ns=now_ns, blocks=listed)
        assert by_columns.row(index) == expected, report
        assert compiled.row(index) == expected, report


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(
    state=states(),
    report=reports,
    now_ns=moments,
    listed=blocks(),
    later=st.integers(0, 2000),
    part=st.sampled_from([0, 1, NS - 1]),
)
def test_a_verdict_holds_until_its_valid_until(
    state: State, report: Report, now_ns: int, listed: Blocks, later: int, part: int
) -> None:
    """A terminal that stays where it is and reports again before `valid_until` gets the same verdict."""
    decision = decide_one(state, report, now_ns=now_ns, blocks=listed)
    if decision.reason is Reason.UNLOCATED and report.time_ns == NO_TIME:
        return
    moment = max(now_ns, report.time_ns) + later * NS + part
    if moment >= decision.valid_until_ns:
        return
    again = Report(
        report.key, moment, report.lat, report.lon, report.uncertainty_m, report.cell, report.country
    )
    after = decide_one(state, again, now_ns=moment, blocks=listed)
    assert (after.verdict, after.reason, after.territory) == (
        decision.verdict,
        decision.reason,
        decision.territory,
    )
