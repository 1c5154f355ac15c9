"""The tracks of many terminals: the compiled engine against the plain one, and what terminals share."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.compiled.geodesy import distances
from groundpass.kernel.compiled.tracks import STATE
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.engine.movement import Movement
from groundpass.kernel.engine.reports import Report, Reports
from groundpass.kernel.engine.track import Event, Fix, Limits, Track, law_of
from support.walks import CAP_90, GEOD, START, Fleet, circle, drive, line, parked, terminals, update

RULES = (
    CAP_90,
    None,
    replace(CAP_90, speed_cap=30, sustained=60, release=30),
    replace(CAP_90, speed_cap=None),
)
HOUR = 3600
AIRFIELD = (50.345, 30.89)


def test_the_hot_state_of_a_terminal_is_forty_bytes() -> None:
    assert STATE.itemsize <= 40


def test_distances_are_within_half_a_percent_of_the_geodesic_everywhere() -> None:
    rng = np.random.default_rng(1)
    lat = rng.uniform(-90, 90, (2, 4000))
    lon = rng.uniform(-180, 180, (2, 4000))
    near = rng.normal(0, 0.3, (2, 4000))
    lat[1, ::2], lon[1, ::2] = np.clip(lat[0] + near[0], -90, 90)[::2], (lon[0] + near[1])[::2]
    lat[:, :500] = 90 - np.abs(near[:, :500]) / 100
    lon[1] = (lon[1] + 180) % 360 - 180
    places = np.round(np.stack([lat, lon]) * 1e7).astype(np.int64)
    ours = distances(places[0, 0], places[1, 0], places[0, 1], places[1, 1])
    theirs = GEOD.inv(*(places[[1, 0], 0] / 1e7), *(places[[1, 0], 1] / 1e7))[2]
    assert np.all(np.abs(ours - theirs) <= 0.005 * theirs)
    ordinary = theirs < 1_000_000
    assert np.all(np.abs(ours - theirs)[ordinary] <= 1e-4 * theirs[ordinary] + 1e-3)


# The compiled engine against the plain one


def wander(seed: int, terminals: int, rows: int) -> tuple[Reports, np.ndarray]:
    """Random walks with everything that happens to reports; no two terminals share anything."""
    rng = np.random.default_rng(seed)
    reports: list[Report] = []
    rules: list[int] = []
    for key in range(1, terminals + 1):
        lat, lon, moment, rule = rng.uniform(-89, 89), rng.uniform(-180, 180), int(rng.integers(10**9)), 0
        mood = 0.0
        for _ in range(rows):
            step = int(rng.choice([0, 1, 5, 10, 15, 15, 15, 60, 300, 301, 4000, -20]))
            moment += step
            mood = float(rng.choice([mood, mood, mood, mood, 0, 0, 5, 25, 90.5, 140, 2000]))
            rule = int(rng.choice([rule] * 9 + [int(rng.integers(len(RULES)))]))
            lon, lat, _ = GEOD.fwd(lon, lat, float(rng.choice([90, 91, 200])), mood / 3.6 * max(step, 0))
            there = np.round([lat, lon], 7).tolist() if rng.random() > 0.04 else [np.nan, np.nan]
            cell = (
                h3.str_to_int(h3.latlng_to_cell(lat, lon, int(rng.integers(5, 12))))
                if rng.random() < 0.5
                else 0
            )
            unsure = float(rng.choice([np.nan, np.nan, 0, 3.5, 40, 900, 6000, -1]))
            speed = float(rng.choice([np.nan, np.nan, 0, 25.5, 40]))
            time_ns = NO_TIME if rng.random() < 0.02 else START + moment * NS // 2
            reports.append(Report(key, time_ns, *there, unsure, cell, "", speed))
            rules.append(rule)
    order = rng.permutation(len(reports)) if seed % 2 else np.arange(len(reports))
    return Reports.from_rows([reports[row] for row in order]), np.array(rules, np.uint16)[order]


def plain(
    reports: Reports, rule: np.ndarray, batches: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, list]:
    """What one plain track for each terminal says; terminals share nothing here."""
    tracks: dict[int, Track] = {}
    fast, spoof, events = np.zeros(len(reports), bool), np.zeros(len(reports), bool), []
    for batch in batches:
        for row in batch[np.argsort(reports.time_ns[batch], kind="stable")].tolist():
            report = reports.row(row)
            if report.time_ns == NO_TIME:
                continue
            track = tracks.setdefault(report.key, Track())
            if event := track.step(Fix.of(report), RULES[rule[row]]):
                events.append((row, int(event)))
            law = law_of(RULES[rule[row]])
            fast[row], spoof[row] = track.fast and track.rule == law, track.mark is not None
    return fast, spoof, sorted(events)


@given(seed=st.integers(0, 2**32), batches=st.sampled_from([1, 1, 2, 9]))
@settings(max_examples=40, deadline=None)
def test_the_compiled_tracks_say_what_the_plain_track_says(seed: int, batches: int) -> None:
    reports, rule = wander(seed, terminals=3, rows=80)
    cuts = np.linspace(0, len(reports), batches + 1).astype(int)
    moves = update(Movement(), reports, batches, RULES, rule)
    fast, spoof, events = plain(reports, rule, np.split(np.arange(len(reports)), cuts[1:-1]))
    assert moves.too_fast.tolist() == fast.tolist()
    assert moves.spoof.tolist() == spoof.tolist()
    assert sorted(zip(moves.event_row.tolist(), moves.event_kind.tolist(), strict=True)) == events


@pytest.mark.parametrize("batches", [2, 13, 400])
def test_any_split_into_batches_says_the_same_where_nothing_is_shared(batches: int) -> None:
    fleet = parked(5, hours=1)
    ways = [line(50, 30, 90, kmh, fleet.seconds) for kmh in (60, 95, 140)]
    fleet.lat[:3], fleet.lon[:3] = ([way[axis] for way in ways] for axis in (0, 1))
    fleet.lat[2, 50:60] = 20.0
    reports = fleet.reports()
    once, often = (update(Movement(), reports, count) for count in (1, batches))
    assert terminals(reports, once.too_fast) == [2, 3]
    assert often.too_fast.tolist() == once.too_fast.tolist()
    assert often.event_kind.tolist() == once.event_kind.tolist()


def test_rows_of_terminals_one_after_another_need_no_sorting_and_say_the_same() -> None:
    reports = parked(4, hours=0.5).reports()
    moving = np.flatnonzero(reports.key == 2)
    lat, lon = line(50, 30, 90, 120, np.arange(len(moving)) * 15.0)
    reports.lat[moving], reports.lon[moving] = lat, lon
    order = np.argsort(reports.key, kind="stable")
    grouped = update(Movement(), reports.pick(order))
    shuffled = np.random.default_rng(3).permutation(len(reports))
    mixed = update(Movement(), reports.pick(shuffled))
    whole = update(Movement(), reports).too_fast
    assert whole.any()
    assert grouped.too_fast.tolist() == whole[order].tolist()
    assert mixed.too_fast.tolist() == whole[shuffled].tolist()


def test_what_has_no_terminal_no_time_or_an_impossible_time_moves_nothing() -> None:
    rows = [Report(1, fix.time_ns, fix.lat, fix.lon) for fix in drive(120, 300)]
    bad = [replace(rows[0], key=0), *(replace(rows[0], time_ns=time) for time in (NO_TIME, -5, 2**62))]
    moves = update(Movement(), Reports.from_rows([*bad, *rows]))
    assert not moves.too_fast[:4].any()
    assert np.flatnonzero(moves.too_fast)[0] == 4 + 8


def test_legs_are_said_when_asked_for() -> None:
    reports = Reports.from_rows([Report(1, fix.time_ns, fix.lat, fix.lon) for fix in drive(120, 60)])
    moves = Movement().update(reports, np.zeros(5, np.uint16), [CAP_90], legs=True)
    assert moves.leg_ns.tolist() == [0, *reports.time_ns[:-1].tolist()]
    assert moves.leg_mps[1:] * 3.6 == pytest.approx(120, rel=1e-3)


# Spoofing


def city_spoofed(every: float = 15, kmh: float = 120) -> Fleet:
    """500 parked terminals circle over an airfield for 30 minutes; 501 crosses as a drone; 502 rests."""
    fleet = parked(502, hours=2.5, every=every)
    rng = np.random.default_rng(2)
    for home in range(500):
        start = 1.5 * HOUR + rng.uniform(0, 60)
        away = fleet.between(start, start + 0.5 * HOUR)
        fleet.lat[home, away], fleet.lon[home, away] = circle(*AIRFIELD, 600, kmh, fleet.seconds[away])
    flight = fleet.between(4800, 9000)
    fleet.lat[500], fleet.lon[500] = 49.9, 29.6
    fleet.lat[500, flight], fleet.lon[500, flight] = line(49.9, 29.6, 88, 140, fleet.seconds[flight] - 4800)
    return fleet


@pytest.mark.parametrize("batches", [1, 7, 50])
@pytest.mark.parametrize("every", [15, 60])
def test_a_city_that_is_spoofed_to_an_airfield_is_not_too_fast_and_a_drone_through_it_is(
    every: float, batches: int
) -> None:
    fleet = city_spoofed(every)
    reports = fleet.reports()
    moves = update(Movement(), reports, batches)
    assert terminals(reports, moves.too_fast) == [501]
    assert terminals(reports, moves.spoof) == list(range(1, 501))
    assert not moves.spoof[reports.time_ns > START + (2 * HOUR + 300) * NS].any()
    assert not moves.clone.any()


def test_a_second_spoof_of_the_same_day_in_one_batch_is_seen_as_well() -> None:
    fleet = city_spoofed()
    again = fleet.between(2.2 * HOUR, 2.5 * HOUR)
    fleet.lat[:500, again], fleet.lon[:500, again] = circle(50.4, 30.45, 600, 120, fleet.seconds[again])
    reports = fleet.reports()
    moves = update(Movement(), reports)
    assert terminals(reports, moves.too_fast) == [501]
    assert len(terminals(reports, moves.spoof & (reports.time_ns > START + int(2.3 * HOUR) * NS))) == 500


@pytest.mark.parametrize("batches", [1, 7, 50])
def test_a_smooth_fake_flight_that_parked_terminals_share_is_not_too_fast(batches: int) -> None:
    fleet = parked(60, hours=2.5)
    flight = fleet.between(1.5 * HOUR, 9e9)
    seconds = fleet.seconds[flight] - 1.5 * HOUR + 15
    fleet.lat[:50, flight] = fleet.lat[:50, flight.start - 1, None] + seconds * (8 / 111_200)
    fleet.lon[:50, flight] = fleet.lon[:50, flight.start - 1, None] + seconds * (36 / 71_700)
    reports = fleet.reports()
    moves = update(Movement(), reports, batches)
    assert terminals(reports, moves.too_fast) == []
    assert terminals(reports, moves.spoof) == list(range(1, 51))


def test_a_swarm_that_was_never_parked_is_no_spoof() -> None:
    fleet = parked(20, hours=1)
    fleet.lat, fleet.lon = (
        fleet.lat + fleet.seconds * (8 / 111_200),
        fleet.lon + fleet.seconds * (36 / 71_700),
    )
    reports = fleet.reports()
    moves = update(Movement(), reports)
    assert terminals(reports, moves.too_fast) == list(range(1, 21))
    assert not moves.spoof.any()


def test_nine_that_jump_are_no_crowd_and_ten_are() -> None:
    for crowd in (9, 10):
        fleet = parked(20, hours=1.2)
        fleet.lat[:crowd, 260:], fleet.lon[:crowd, 260:] = 52.2, 21.0
        moves = update(Movement(), fleet.reports())
        assert moves.spoof.any() == (crowd == 10)


def test_a_train_that_is_spoofed_for_five_minutes_goes_on_as_the_train_that_it_is() -> None:
    fleet = parked(30, hours=2)
    moments = fleet.between(0, 9e9)
    fleet.lat[0], fleet.lon[0] = line(49.6, 29.0, 60, 80, fleet.seconds[moments])
    spoofed = fleet.between(HOUR, HOUR + 300)
    fleet.lat[:20, spoofed], fleet.lon[:20, spoofed] = circle(*AIRFIELD, 600, 150, fleet.seconds[spoofed])
    reports = fleet.reports()
    train = reports.key == 1
    after = reports.time_ns > START + (HOUR + 400) * NS
    moves = update(Movement(), reports)
    assert not moves.too_fast.any()
    assert moves.spoof[train].any()
    assert not moves.spoof[train & after].any()
    slow = (replace(CAP_90, speed_cap=70),)
    moves = update(Movement(), reports, rules=slow)
    assert moves.too_fast[train & after].all()
    assert terminals(reports, moves.too_fast) == [1]


def test_a_place_that_freezes_and_then_jumps_is_suspected_alone() -> None:
    fleet = parked(3, hours=1)
    fleet.lat[0, 50:60], fleet.lon[0, 50:60] = fleet.lat[0, 50], fleet.lon[0, 50]
    fleet.lat[0, 60:70], fleet.lon[0, 60:70] = circle(*AIRFIELD, 600, 40, fleet.seconds[60:70])
    reports = fleet.reports()
    moves = update(Movement(), reports)
    assert terminals(reports, moves.spoof) == [1]
    assert Event.FROZEN_JUMP in moves.event_kind


# Clones and jumps


def test_a_key_that_alternates_between_two_places_is_a_clone_for_an_hour_after_the_last_time() -> None:
    fleet = parked(20, hours=3)
    fleet.lat[3, 200:207:2] += 3
    reports = fleet.reports()
    for batches in (1, 40):
        moves = update(Movement(), reports, batches)
        assert terminals(reports, moves.clone) == [4]
        shown = (reports.time_ns[moves.clone] - START) // NS
        assert (shown[0], shown[-1]) == (204 * 15, 206 * 15 + HOUR)
        assert not moves.too_fast.any()
        assert not moves.spoof.any()


def test_two_alternations_are_no_clone_and_neither_are_places_without_two_sides() -> None:
    fleet = parked(3, hours=1)
    fleet.lat[0, [100, 102]] += 3
    fleet.lat[1, [100, 102, 104]] += (3, -3, 6)
    assert not update(Movement(), fleet.reports()).clone.any()


def test_a_lone_jump_is_believed_after_three_fixes_over_thirty_seconds() -> None:
    fleet = parked(2, hours=1)
    fleet.lat[0, 100:] += 3
    reports = fleet.reports()
    moves = update(Movement(), reports)
    mine = [(row // 2, Event(kind)) for row, kind in zip(moves.event_row, moves.event_kind, strict=True)]
    assert mine == [(100, Event.JUMP), (102, Event.CONFIRMED)]
    assert not (moves.too_fast | moves.spoof | moves.clone).any()


# Saved, restored, merged


@pytest.mark.parametrize("cut", [0.3, 0.602, 0.61, 0.7])
def test_saved_and_restored_tracks_go_on_as_if_nothing_had_been(cut: float) -> None:
    reports = city_spoofed().reports()
    middle = int(len(reports) * cut)
    movement = Movement()
    update(movement, reports.part(slice(0, middle)))
    restored = Movement.from_bytes(movement.to_bytes())
    assert len(restored) == len(movement)
    rest = reports.part(slice(middle, None))
    straight, again = update(movement, rest), update(restored, rest)
    for name in ("too_fast", "spoof", "clone"):
        assert getattr(straight, name).tolist() == getattr(again, name).tolist()
    assert restored.to_bytes() == movement.to_bytes()


def test_the_same_tracks_give_the_same_bytes_in_whatever_order_terminals_and_caps_came() -> None:
    reports = parked(9, hours=0.1).reports()
    rule = (reports.key % 3).astype(np.uint16)
    backward = np.arange(len(reports))[::-1]
    one, two = Movement(), Movement()
    update(one, reports, rules=RULES, rule=rule)
    two.update(reports.pick(backward[:0]), rule[:0], RULES[::-1])
    update(two, reports.pick(backward), rules=RULES, rule=rule[backward])
    assert one.to_bytes() == two.to_bytes()


def test_of_two_states_of_one_terminal_the_later_one_counts() -> None:
    rows = [Report(key, fix.time_ns, fix.lat, fix.lon) for fix in drive(120, 600) for key in (7, 8)]
    whole, early, late = Movement(), Movement(), Movement()
    reports = Reports.from_rows(rows)
    update(whole, reports)
    update(early, reports.part(slice(0, 40)))
    update(late, reports.part(slice(0, 60)))
    late.merge(early)
    early.merge(late)
    assert late.to_bytes() == early.to_bytes()
    last = reports.part(slice(60, None))
    assert update(early, last).too_fast.all()
    assert early.to_bytes() == whole.to_bytes()


def test_halves_of_a_spoofed_crowd_that_are_merged_are_a_crowd() -> None:
    fleet = parked(12, hours=1.2)
    fleet.lat[:, 260:], fleet.lon[:, 260:] = circle(*AIRFIELD, 600, 120, fleet.seconds[260:])
    reports = fleet.reports()
    half = reports.key <= 6
    before = reports.time_ns < START + 261 * 15 * NS
    one, two = Movement(), Movement()
    update(one, reports.pick(np.flatnonzero(half & before)))
    update(two, reports.pick(np.flatnonzero(~half & before)))
    one.merge(two)
    rest = reports.pick(np.flatnonzero(~before))
    moves = update(one, rest)
    assert moves.spoof.all()
    assert not moves.too_fast.any()


@pytest.mark.parametrize("change", ["cut", "magic", "more", "key", "place"])
def test_bytes_that_are_no_tracks_are_refused(change: str) -> None:
    movement = Movement()
    update(movement, parked(3, hours=0.1).reports())
    data = movement.to_bytes()
    table = movement._table
    if change == "key":
        table.keys[1] = table.keys[0]
    if change == "place":
        table.state["lat"][1] = 910_000_000
    wrong = {"cut": data[:-9], "magic": b"x" + data[1:], "more": data + b"0"}.get(
        change
    ) or movement.to_bytes()
    with pytest.raises(BadInput, match="racks"):
        Movement.from_bytes(wrong)
    assert len(Movement.from_bytes(data)) == 3


def test_an_uncertainty_that_the_state_cannot_hold_is_refused_at_once() -> None:
    with pytest.raises(BadInput, match="coarse"):
        Movement(Limits(coarse=10_000))


def test_importing_the_package_brings_no_engine_until_it_is_asked_for() -> None:
    program = (
        "import sys, groundpass\n"
        "assert 'numba' not in sys.modules and 'numpy' not in sys.modules\n"
        "assert 'Tracks' in dir(groundpass) and not hasattr(groundpass, 'Nothing')\n"
        "from groundpass import Tracks\n"
        "assert Tracks.__module__.startswith('groundpass.kernel.')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
