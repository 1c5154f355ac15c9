"""A fleet is labelled, seeded, and moves as its platforms do."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import shapely

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.ids import parse_column
from groundpass.kernel.core.intervals import NS
from groundpass.operator.simulator.fleet import Fleet, FleetPlan, make_fleet

BOX = shapely.box(24.0, 46.0, 36.0, 51.0)
TOWNS = [(50.0, 30.0, 3.0), (48.5, 35.0, 1.0), (49.8, 25.0, 1.0), (47.0, 32.0, 0.5), (60.0, 10.0, 9.0)]


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return make_fleet(FleetPlan(BOX, TOWNS, terminals=2_000, reports_each=40))


def rows_of(fleet: Fleet, platform: str) -> pa.Table:
    names = fleet.truth.filter(pc.equal(fleet.truth["platform"], platform))["terminal"]
    table = fleet.table()
    return table.filter(pc.is_in(table["terminal"], names.combine_chunks()))


def kmh(fleet: Fleet, platform: str) -> np.ndarray:
    """Speeds between the fixes of each terminal, where both have a place, km/h."""
    table = rows_of(fleet, platform)
    table = table.filter(pc.greater(pc.fill_null(table["lat"], 0.0), 1.0))
    table = table.sort_by([("terminal", "ascending"), ("time", "ascending")])
    who = table["terminal"].combine_chunks().dictionary_encode().indices.to_numpy()
    second = table["time"].cast(pa.int64()).to_numpy() / NS
    lat, lon = table["lat"].to_numpy(), table["lon"].to_numpy()
    step = np.hypot(np.diff(lat), np.diff(lon) * np.cos(np.radians(lat[1:]))) * 111.195
    pause = np.diff(second)
    good = (np.diff(who) == 0) & (pause > 60)
    return np.asarray(step[good] / pause[good] * 3600)


def test_the_same_plan_gives_the_same_fleet_and_another_seed_another(fleet: Fleet) -> None:
    again = make_fleet(fleet.plan)
    other = make_fleet(FleetPlan(BOX, TOWNS, terminals=2_000, reports_each=40, seed=1))
    assert again.truth.equals(fleet.truth)
    assert again.table().equals(fleet.table())
    assert not other.truth["terminal"].equals(fleet.truth["terminal"])


def test_ids_are_distinct_and_read_as_utids(fleet: Fleet) -> None:
    _, recognised = parse_column(fleet.truth["terminal"], "utid")
    assert recognised.all()
    assert pc.count_distinct(fleet.truth["terminal"]).as_py() == 2_000


def test_shares_of_platforms_sum_to_the_fleet_whatever_the_mix() -> None:
    plan = FleetPlan(BOX, TOWNS, terminals=101, mix={"home": 1.0, "van": 1.0, "boat": 1.0})
    assert sum(plan.counts().values()) == 101
    assert make_fleet(plan).truth.num_rows == 101


def test_rows_are_in_order_of_time_within_the_window_with_repeats_and_gaps(fleet: Fleet) -> None:
    table = fleet.table()
    time = table["time"].cast(pa.int64()).to_numpy()
    assert (np.diff(time) >= -4 * NS).all()  # slices meet within the tremor of the clock
    assert fleet.plan.start * NS <= time.min() <= time.max() <= (fleet.plan.start + fleet.plan.seconds) * NS
    repeats = table.num_rows - table.group_by(["terminal", "time"]).aggregate([]).num_rows
    assert 0.001 < repeats / table.num_rows < 0.006
    assert 0 < table["lat"].null_count < 0.01 * table.num_rows
    each = table.group_by("terminal").aggregate([("time", "count")])["time_count"].to_numpy()
    assert np.median(each) < 40  # some of what a terminal sends never arrives


def test_a_home_stays_within_its_receivers_noise(fleet: Fleet) -> None:
    assert np.quantile(kmh(fleet, "home"), 0.999) < 5


def test_a_fixed_wing_drone_crosses_from_outside_at_its_cruise(fleet: Fleet) -> None:
    inside = fleet.truth.filter(pc.equal(fleet.truth["platform"], "wing"))["inside"].to_pylist()
    speeds = kmh(fleet, "wing")
    assert not any(inside)
    assert 75 < np.median(speeds) < 190


def test_trains_and_ambulances_break_a_cap_of_75_and_multirotors_do_not(fleet: Fleet) -> None:
    assert (kmh(fleet, "train") > 75).mean() > 0.3
    assert (kmh(fleet, "ambulance") > 60).any()
    assert (kmh(fleet, "multirotor") < 75).all()


def test_a_captured_terminal_is_silent_for_a_while_and_then_moves(fleet: Fleet) -> None:
    truth = fleet.truth.filter(pc.equal(fleet.truth["platform"], "captured")).slice(0, 1)
    (taken,) = truth.to_pylist()
    at = int(taken["captured_at"].timestamp())
    rows = fleet.table().filter(pc.equal(fleet.table()["terminal"], taken["terminal"]))
    time = rows["time"].cast(pa.int64()).to_numpy()
    after = time[time > at * NS]
    assert taken["registered"]
    assert len(after)
    assert after.min() > (at + 500) * NS


def test_enemy_drones_are_never_entitled_and_nobody_abroad_is_registered(fleet: Fleet) -> None:
    truth = fleet.truth
    for platform in ("wing", "multirotor", "abroad"):
        rows = truth.filter(pc.equal(truth["platform"], platform))
        assert rows.num_rows
        assert not pc.any(rows["entitled"]).as_py()
    assert not pc.any(truth.filter(pc.equal(truth["platform"], "abroad"))["registered"]).as_py()
    assert not pc.any(truth.filter(pc.equal(truth["platform"], "abroad"))["inside"]).as_py()


def test_a_terminal_that_was_told_to_fall_silent_does(fleet: Fleet) -> None:
    until = np.full(2_000, 2**63 - 1, np.int64)
    until[:50] = (fleet.plan.start + 3600) * NS
    table = fleet.table(until)
    silent = table.filter(pc.is_in(table["terminal"], fleet.truth["terminal"].combine_chunks()[:50]))
    assert silent.num_rows
    assert pc.max(silent["time"].cast(pa.int64())).as_py() <= until[0]
    assert table.num_rows < fleet.table().num_rows


def test_towns_given_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadInput, match="swap the axes"):
        make_fleet(FleetPlan(BOX, [(30.0, 50.0, 1.0)]))


def test_an_unknown_platform_is_refused() -> None:
    with pytest.raises(BadInput, match="submarine"):
        FleetPlan(BOX, TOWNS, mix={"submarine": 1.0})
