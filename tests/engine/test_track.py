"""The track of one terminal, rule by rule."""

from __future__ import annotations

import math
from dataclasses import replace

import h3
import pytest

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.reports import Report
from groundpass.kernel.engine.track import Event, Fix, Limits, Mark, Track
from support.walks import CAP_90, START, drive, line

HOUR = 3600


def fast_at(fixes, rule=CAP_90, track=None) -> list[int]:
    """The seconds at which the track is too fast."""
    track = track or Track()
    found = []
    for fix in fixes:
        track.step(fix, rule)
        if track.too_fast(rule):
            found.append((fix.time_ns - START) // NS)
    return found


def events_of(fixes, track=None) -> list[Event]:
    track = track or Track()
    return [event for fix in fixes if (event := track.step(fix, CAP_90))]


def at(second: float, lat: float, lon: float, **more: float) -> Fix:
    return Fix(START + round(second * NS), lat, lon, **more)


def test_a_time_that_is_not_later_is_counted_and_ignored() -> None:
    track = Track()
    assert events_of([at(0, 50, 30), at(0, 51, 30), at(-1, 52, 30)], track) == [
        Event.DUPLICATE,
        Event.OUT_OF_ORDER,
    ]
    assert track.fix == at(0, 50, 30)


@pytest.mark.parametrize("lat", [math.nan, math.inf, 90.1, -91])
def test_a_fix_without_a_place_on_earth_moves_nothing(lat: float) -> None:
    fixes = drive(120, 300)
    broken = [*fixes[:4], replace(fixes[4], lat=lat), *fixes[5:]]
    assert fast_at(broken) == fast_at(fixes)


def test_a_fix_that_is_too_uncertain_moves_nothing() -> None:
    fixes = drive(120, 300)
    assert fast_at([replace(fix, uncertainty=5001.0) for fix in fixes]) == []
    assert fast_at([replace(fix, uncertainty=1.0) for fix in fixes])


def test_too_fast_is_a_run_at_the_cap_that_lasts() -> None:
    assert fast_at(drive(91, 600))[0] == 120
    assert fast_at(drive(91, 119)) == []
    assert fast_at(drive(89, 600)) == []


def test_one_leg_is_no_run_however_long_it_is() -> None:
    assert fast_at(drive(120, 200, every=200)) == []
    assert fast_at(drive(120, 400, every=200)) == [400]


def test_one_slow_leg_breaks_the_run() -> None:
    fast, slow = drive(120, 90), drive(40, 15, start=90)
    lon = fast[-1].lon - slow[0].lon
    slow = [replace(fix, lon=fix.lon + lon) for fix in slow[1:]]
    rest = drive(120, 105, start=105, lon=slow[-1].lon)[1:]
    assert fast_at([*fast, *slow, *rest]) == []


def test_too_fast_stays_until_slow_legs_last() -> None:
    fixes = drive(120, 300)
    halt = [replace(fixes[-1], time_ns=fixes[-1].time_ns + second * NS) for second in range(15, 121, 15)]
    assert fast_at([*fixes, *halt])[-1] == 345


def test_without_seconds_of_release_a_fast_leg_does_not_release() -> None:
    rule = replace(CAP_90, release=0)
    fixes = drive(120, 300)
    halt = replace(fixes[-1], time_ns=fixes[-1].time_ns + 15 * NS)
    assert fast_at([*fixes, halt], rule)[-1] == 300


def test_a_leg_longer_than_the_gap_gives_no_speed() -> None:
    assert fast_at(drive(120, 3600, every=301)) == []
    assert fast_at(drive(120, 3600, every=300))


def test_fixes_closer_than_ten_seconds_are_skipped_so_that_jitter_is_no_speed() -> None:
    shaking = [at(second / 2, 50 + (second % 2) * 4e-4, 30) for second in range(600)]
    assert fast_at(shaking) == []
    assert fast_at(shaking, track=Track(Limits(thin=0.5)))


def test_uncertainty_lowers_the_speed_of_a_leg() -> None:
    assert fast_at([replace(fix, uncertainty=15.0) for fix in drive(98, 600)])
    assert fast_at([replace(fix, uncertainty=20.0) for fix in drive(98, 600)]) == []


def test_a_reported_speed_counts_only_where_the_leg_allows_it() -> None:
    unsure = [replace(fix, uncertainty=100.0, speed=30.0) for fix in drive(80, 600)]
    assert fast_at(unsure)
    assert fast_at([replace(fix, speed=math.nan) for fix in unsure]) == []
    assert fast_at([replace(fix, uncertainty=1.0) for fix in unsure]) == []


def test_another_cap_starts_the_run_anew() -> None:
    fixes, track = drive(120, 300), Track()
    assert fast_at(fixes[:9], track=track) == [120]
    assert fast_at(fixes[9:], replace(CAP_90, speed_cap=100), track) == [240, 255, 270, 285, 300]
    assert fast_at(drive(120, 300, start=315), replace(CAP_90, speed_cap=None), track) == []


def test_a_jump_is_no_speed_and_its_place_is_believed_after_three_fixes_over_thirty_seconds() -> None:
    home = drive(0, 60)
    away = [at(75 + second, 52, 33) for second in (0, 15, 30)]
    track = Track()
    assert events_of([*home, *away[:2]], track) == [Event.FROZEN_JUMP]
    moved = [replace(fix, lon=fix.lon + 1e-6 * index) for index, fix in enumerate(home)]
    track = Track()
    assert events_of([*moved, *away], track) == [Event.JUMP, Event.CONFIRMED]
    assert (track.fix, track.fast) == (away[-1], False)


def test_a_lone_outlier_leaves_the_track_where_it_was() -> None:
    fixes = drive(120, 600)
    fixes[20] = replace(fixes[20], lat=20.0)
    assert events_of(fixes) == [Event.JUMP, Event.RETURN]
    assert fast_at(fixes) == fast_at(drive(120, 600))


def test_a_place_that_froze_and_jumped_is_suspect_until_it_moves_on() -> None:
    frozen = [at(second, 50, 30) for second in range(0, 60, 15)]
    flight = [replace(fix, time_ns=fix.time_ns + 60 * NS, lat=52.0) for fix in drive(120, 120)]
    track = Track()
    assert events_of([*frozen, *flight[:3]], track) == [Event.FROZEN_JUMP]
    assert track.mark is not None
    assert events_of(flight[3:], track) == [Event.CONFIRMED]
    assert track.mark is None


def test_an_hour_of_rest_ends_with_a_start() -> None:
    rest = [at(second, 50 + second % 2 * 1e-6, 30) for second in range(0, HOUR, 60)]
    track = Track()
    assert events_of([*rest, at(HOUR, 50, 30.01)], track) == [Event.START]
    assert track.velocity == pytest.approx((11.95, 0.0), abs=0.1)
    assert events_of([*rest[:50], at(3000, 50, 30.01)]) == []


def suspected(area: tuple[float, float] | None, end: int) -> Track:
    track = Track()
    track.step(at(0, 50, 30), CAP_90)
    track.step(at(15, 50, 31), CAP_90, Mark(START + end * NS, area))
    return track


def test_a_suspected_track_that_is_twice_back_at_its_place_is_clear() -> None:
    track = suspected(area=(50, 31), end=600)
    assert events_of([at(30, 50, 30), at(45, 50, 31), at(60, 50, 30)], track) == []
    assert events_of([at(75, 50, 30.0001)], track) == [Event.RETURN]
    assert track.mark is None


def test_a_suspected_track_never_moves_by_its_fixes() -> None:
    track = suspected(area=(50, 31), end=600)
    flight = [replace(fix, time_ns=fix.time_ns + 30 * NS) for fix in drive(120, 300, lon=31)]
    assert fast_at(flight, track=track) == []
    assert track.fix == at(0, 50, 30)


def test_a_suspected_track_that_goes_on_elsewhere_after_the_event_is_clear() -> None:
    elsewhere = [replace(fix, time_ns=fix.time_ns + 30 * NS) for fix in drive(120, 300, lon=29)]
    assert events_of(elsewhere, suspected(area=(50, 31), end=60)) == [Event.CONFIRMED]
    assert events_of(elsewhere, suspected(area=(50, 31), end=600)) == []
    assert events_of(elsewhere, suspected(area=(50, 29), end=60)) == []


def test_rest_where_the_spoofer_puts_everybody_down_is_believed_later() -> None:
    resting = [at(second, 50, 31) for second in range(30, 1200, 15)]
    track = suspected(area=(50, 31), end=60)
    assert events_of(resting[: (660 - 30) // 15], track) == []
    assert events_of(resting[(660 - 30) // 15 :], track) == [Event.CONFIRMED]
    assert events_of(resting[:4], suspected(area=(50, 29), end=60)) == [Event.CONFIRMED]


def test_the_fix_of_a_report_is_its_point_or_the_middle_of_a_fine_cell() -> None:
    fine, coarse = (h3.str_to_int(h3.latlng_to_cell(50, 30, resolution)) for resolution in (7, 6))
    point = Fix.of(Report(time_ns=5, lat=50, lon=30, uncertainty_m=12, speed_mps=3, cell=fine))
    assert point == Fix(5, 50, 30, 12, 3)
    assert Fix.of(Report(lat=50, lon=30)).uncertainty == 0
    cell = Fix.of(Report(lat=95, lon=30, cell=fine))
    assert (cell.lat, cell.lon) == pytest.approx((50, 30), abs=0.02)
    assert 1000 < cell.uncertainty < 2000
    assert math.isnan(Fix.of(Report(cell=coarse)).lat)
    assert math.isnan(Fix.of(Report(lat=50, lon=30, uncertainty_m=-1)).lat)


def test_distances_are_the_geodesics_even_over_a_pole_and_the_antimeridian() -> None:
    north = [
        at(second, 90 - abs(second - 150) * 3e-4, 10 if second < 150 else -170)
        for second in range(0, 301, 15)
    ]
    assert fast_at(north)
    _, lon = line(10, 179.95, 90, 120, [0, 150, 300])
    assert lon[2] < 0 < lon[0]
    moments = list(range(0, 301, 15))
    across = [
        at(second, *place)
        for second, *place in zip(moments, *line(10, 179.95, 90, 120, moments), strict=True)
    ]
    assert fast_at(across)
    assert fast_at(across, replace(CAP_90, speed_cap=121)) == []
