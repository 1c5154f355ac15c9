"""A scene moves as its platforms do, and its truth says how; the same plan gives the same bytes."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import Geod

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.core.ids import parse_column
from groundpass.kernel.core.intervals import NS
from groundpass.operator.simulator.scene.country import INVENTED, find_country, read_towns
from groundpass.operator.simulator.scene.events import Event
from groundpass.operator.simulator.scene.files import write_scene
from groundpass.operator.simulator.scene.make import Scene, make_scene
from groundpass.operator.simulator.scene.movers import PLATFORMS
from groundpass.operator.simulator.scene.plan import ScenePlan
from groundpass.operator.simulator.stream import LOST, SCHEMA, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOD = Geod(ellps="WGS84")
BOX = shapely.box(24.0, 46.0, 36.0, 51.0)
TOWNS = [(50.0, 30.0, 3.0), (48.5, 35.0, 1.0), (49.8, 25.0, 1.0), (47.0, 32.0, 0.5), (48.0, 29.0, 0.5)]
EVEN = dict.fromkeys(PLATFORMS, 1.0)
EACH = 5
HOUR = 3600
WINDOW = 4 * HOUR
STEP = 2.0  # s: so short that a way and its chord do not differ


@pytest.fixture(scope="module")
def clean() -> Scene:
    """Five terminals of each platform, without noise and losses: what they say is where they are."""
    plan = ScenePlan(
        BOX, TOWNS, terminals=EACH * len(EVEN), seconds=WINDOW, interval=STEP, mix=EVEN, clean=True
    )
    return make_scene(plan)


@pytest.fixture(scope="module")
def ways(clean: Scene) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]]:
    """By platform and terminal: seconds since the start, lat, lon."""
    table = pa.concat_tables(clean.reports())
    table = table.set_column(0, "terminal", table["terminal"].cast(pa.string()))
    table = table.sort_by([("terminal", "ascending"), ("time", "ascending")])
    names = table["terminal"].to_numpy()
    second = (table["time"].cast(pa.int64()).to_numpy() - clean.plan.start * NS) / NS
    columns = np.column_stack([second, table["lat"].to_numpy(), table["lon"].to_numpy()])
    cuts = np.flatnonzero(names[1:] != names[:-1]) + 1
    platform = {row["terminal"]: row["platform"] for row in there(clean)}
    out: dict = {}
    for name, part in zip(names[np.append(0, cuts)], np.split(columns, cuts), strict=True):
        out.setdefault(platform[name], {})[name] = part.T
    return out


def there(scene: Scene) -> list[dict]:
    return scene.truth.filter(pc.equal(scene.truth["what"], "there")).to_pylist()


def spans(scene: Scene, what: str, platform: str | None = None) -> Iterator[tuple[str, float, float, dict]]:
    """Terminal, start and end in s since the beginning, and the row."""
    rows = scene.truth.filter(pc.equal(scene.truth["what"], what))
    times = [
        (rows[name].cast(pa.int64()).to_numpy() - scene.plan.start * NS) / NS for name in ("start", "end")
    ]
    for row, start, end in zip(rows.to_pylist(), *times, strict=True):
        if platform in {None, row["platform"]}:
            yield row["terminal"], start, end, row


def kmh(way: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Speed of each leg, and when it begins; a leg of more than a few reports has none."""
    second, lat, lon = way
    dt = np.diff(second)
    metres = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
    good = (dt > 0.5 * STEP) & (dt < 3 * STEP)
    return metres[good] / dt[good] * 3.6, second[:-1][good]


def speeds(ways: dict, platform: str) -> np.ndarray:
    return np.concatenate([kmh(way)[0] for way in ways[platform].values()])


def test_what_moves_is_said_to_move_at_the_speed_that_it_has(clean: Scene, ways: dict) -> None:
    """Each leg between two reports within a stretch is as fast as the truth says of the stretch."""
    judged = 0
    for platform, terminals in ways.items():
        if platform == "cloned":
            continue
        mine = [list(spans(clean, "moving", platform)), list(spans(clean, "off", platform))]
        for name, way in terminals.items():
            speed, second = kmh(way)
            free = np.ones(len(speed), bool)
            for _, start, end, row in (span for span in mine[0] if span[0] == name):
                inside = (second >= start) & (second <= end - 3 * STEP)
                free &= ~((second >= start - 3 * STEP) & (second <= end))
                judged += int(inside.sum())
                assert (speed[inside] >= 0.985 * row["least_kmh"] - 0.1).all(), (platform, row)
                assert (speed[inside] <= 1.005 * row["most_kmh"] + 0.1).all(), (platform, row)
            assert (speed[free] < 0.2).all(), (platform, name)
            for _, start, end, _row in (span for span in mine[1] if span[0] == name):
                assert not np.any((way[0] > start + 1e-3) & (way[0] < end - 1e-3)), (platform, name)
    assert judged > 100_000


def test_homes_and_a_neighbours_homes_never_move(ways: dict) -> None:
    assert speeds(ways, "home").max() < 0.1
    assert speeds(ways, "abroad").max() < 0.1


def test_a_van_stops_and_goes_in_town_and_keeps_to_its_road_outside(ways: dict) -> None:
    speed = speeds(ways, "van")
    assert ((speed > 105) & (speed < 136)).mean() > 0.03
    assert ((speed > 1) & (speed < 60)).mean() > 0.03
    assert speed.max() < 140
    assert (speed < 0.1).mean() > 0.2


def test_ambulances_sprint_and_trains_keep_to_stations(clean: Scene, ways: dict) -> None:
    sprint = speeds(ways, "ambulance")
    assert 118 < sprint.max() < 142
    assert (sprint > 118).mean() > 0.02
    train = speeds(ways, "train")
    assert 118 < np.median(train[train > 70]) < 161
    assert train.max() < 162
    stops = [span for span in spans(clean, "moving", "train") if span[3]["most_kmh"] < 62]
    assert len(stops) > EACH * 6  # slowly in and slowly out of a station


def test_boats_are_slow_and_fast_boats_are_not(ways: dict) -> None:
    assert 5 < speeds(ways, "boat").max() < 36
    assert 55 < speeds(ways, "fastboat").max() < 116


def test_an_aircraft_cruises_at_seven_hundred_and_more(ways: dict) -> None:
    speed = speeds(ways, "aircraft")
    assert ((speed > 690) & (speed < 910)).sum() > 0.3 * (speed > 100).sum()


def test_a_wing_comes_from_outside_and_crosses_at_its_cruise(ways: dict) -> None:
    for way in ways["wing"].values():
        speed = kmh(way)[0]
        flying = speed[speed > 10]
        assert 77 < np.median(flying) < 188
        assert not shapely.contains_xy(BOX, way[2][0], way[1][0])
        low, high = np.quantile(flying, [0.01, 0.99])
        assert high < 1.1 * low


def test_a_loitering_wing_goes_round_on_circles_of_two_to_eight_hundred_metres(
    clean: Scene, ways: dict
) -> None:
    legs = clean.stream.track.legs
    circles = np.flatnonzero(legs.radius > 0)
    assert len(circles) > EACH
    assert (legs.radius[circles] >= 200).all()
    assert (legs.radius[circles] <= 800).all()
    names = clean.stream.terminals.to_pylist()
    for leg in circles.tolist():
        second, lat, lon = ways["loiter"][names[legs.terminal[leg]]]
        on = (second >= legs.on[leg]) & (second < legs.off[leg])
        middle = legs.lat_a[leg] * np.ones(on.sum()), legs.lon_a[leg] * np.ones(on.sum())
        metres = GEOD.inv(middle[1], middle[0], lon[on], lat[on])[2]
        assert np.abs(metres / legs.radius[leg] - 1).max() < 0.01


def test_a_multirotor_flies_slowly_and_hovers(ways: dict) -> None:
    speed = speeds(ways, "multirotor")
    assert 30 < speed.max() < 72
    assert (speed < 0.1).mean() > 0.1


def test_a_captured_terminal_crosses_the_line_and_stays_there(clean: Scene, ways: dict) -> None:
    taken = {name: start for name, start, _, _ in spans(clean, "captured")}
    assert len(taken) == EACH
    crossed = 0
    for name, (second, lat, lon) in ways["captured"].items():
        before = second < taken[name]
        assert shapely.contains_xy(BOX, lon[before], lat[before]).all()
        assert not np.any((second > taken[name]) & (second < taken[name] + 500))
        if second[-1] > 0.98 * WINDOW:
            crossed += 1
            assert not shapely.contains_xy(BOX, lon[-1], lat[-1])
            assert np.ptp(lat[second > second[-1] - 60]) == 0
    assert crossed > 2


def test_a_cloned_terminal_reports_in_turn_from_two_places_far_apart(clean: Scene, ways: dict) -> None:
    for name, start, end, _ in spans(clean, "cloned"):
        second, lat, lon = ways["cloned"][name]
        both = (second > start) & (second < end)
        metres = GEOD.inv(lon[both][:-1], lat[both][:-1], lon[both][1:], lat[both][1:])[2]
        assert (metres > 140_000).mean() > 0.99
        assert np.ptp(lat[second < start]) == 0


def test_labels_say_who_is_registered_and_entitled(clean: Scene) -> None:
    rows = there(clean)
    assert len(rows) == clean.plan.terminals == len({row["terminal"] for row in rows})
    assert parse_column(pa.array([row["terminal"] for row in rows]), "utid")[1].all()
    for row in rows:
        honest = PLATFORMS[row["platform"]].honest
        assert row["entitled"] == (row["registered"] and honest)
        assert not (row["registered"] and row["platform"] == "abroad")
    assert {row["usage_class"] for row in rows if row["platform"] == "train"} == {"rail"}


def test_receivers_have_noise_bad_spells_and_losses_but_no_home_drives() -> None:
    plan = ScenePlan(BOX, TOWNS, terminals=200, seconds=2 * HOUR, mix={"home": 1.0})
    scene = make_scene(plan)
    table = pa.concat_tables(scene.reports())
    assert 1 - 2 * LOST < len(table) / (200 * 480) < 1
    assert len(table) > len(table.group_by(["terminal", "time"]).aggregate([]))
    home = {row["terminal"]: row for row in there(scene)}
    table = table.filter(pc.greater(pc.fill_null(table["lat"], 0.0), 1.0))
    names = table["terminal"].cast(pa.string()).to_pylist()
    at = [[home[name][axis] for name in names] for axis in ("lon", "lat")]
    metres = GEOD.inv(*at, table["lon"].to_numpy(), table["lat"].to_numpy())[2]
    assert 2 < np.median(metres) < 8
    assert 0.001 < (metres > 50).mean() < 0.02  # walls and trees
    assert metres.max() < 500


def test_bad_spells_are_shared_out_evenly_and_last_for_minutes() -> None:
    who, second = np.meshgrid(np.arange(400), np.arange(0, 36_000, 15.0), indexing="ij")
    bad = spoilt(who.ravel(), second.ravel(), np.full(who.size, 0.02), seed=3).reshape(who.shape)
    assert 0.015 < bad.mean() < 0.025
    assert np.count_nonzero(np.diff(bad.astype(int), axis=1)) < 0.15 * np.count_nonzero(bad)
    assert bad.any(axis=1).mean() > 0.9


def test_every_terminal_has_its_beat_unless_all_report_in_step() -> None:
    plan = ScenePlan(BOX, TOWNS, terminals=50, seconds=600, mix={"home": 1.0}, clean=True)
    for in_step, least, most in ((False, 40 * 49, 40 * 50), (True, 40, 40)):
        table = pa.concat_tables(make_scene(replace(plan, in_step=in_step)).reports())
        assert len(table) == 40 * 50
        assert least <= pc.count_distinct(table["time"]).as_py() <= most
        time = table["time"].cast(pa.int64()).to_numpy()
        assert (np.diff(time) >= 0).all()
    slow = pa.concat_tables(make_scene(replace(plan, interval=60.0)).reports())
    assert len(slow) == 10 * 50


def test_the_same_plan_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    events = [Event.of("spoof@50,30,after=20,minutes=5"), Event.of("jam@48.5,35,mode=frozen,after=10")]
    plan = ScenePlan(BOX, TOWNS, terminals=300, seconds=HOUR, events=events)
    files = []
    for number, seed in enumerate((1, 1, 2)):
        paths = tmp_path / f"r{number}.parquet", tmp_path / f"t{number}.csv"
        write_scene(make_scene(replace(plan, seed=seed)), *paths)
        files.append([path.read_bytes() for path in paths])
    assert files[0] == files[1]
    assert files[0][0] != files[2][0]
    assert files[0][1] != files[2][1]


@pytest.mark.parametrize("ending", ["parquet", "csv", "arrow"])
def test_a_file_reads_back_as_plain_columns(tmp_path: Path, ending: str) -> None:
    scene = make_scene(ScenePlan(BOX, TOWNS, terminals=40, seconds=600))
    path = tmp_path / f"reports.{ending}"
    written = write_scene(scene, path)
    assert written.rows == sum(map(len, scene.reports()))
    assert written.bytes == path.stat().st_size
    if ending == "parquet":
        table = pq.read_table(path)
        assert table.schema.equals(SCHEMA)
        assert table.equals(pa.concat_tables(scene.reports()).cast(SCHEMA))


def test_a_file_stands_under_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    scene = make_scene(ScenePlan(BOX, TOWNS, terminals=40, seconds=600))
    paths = tmp_path / "reports.parquet", tmp_path / "truth.csv"
    paths[0].write_text("what was there before")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_scene(scene, *paths, progress=stop)
    assert paths[0].read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [paths[0]]
    told: list[tuple[int, int]] = []
    write_scene(scene, *paths, progress=lambda done, total: told.append((done, total)))
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    assert told[-1][0] == pq.read_metadata(paths[0]).num_rows
    with pytest.raises(CannotRun):
        write_scene(scene, tmp_path / "nowhere" / "reports.parquet")
    with pytest.raises(BadInput, match="ending"):
        write_scene(scene, tmp_path / "reports.xyz")


def test_memory_does_not_grow_with_the_window() -> None:
    def peak(hours: int) -> tuple[int, int]:
        plan = ScenePlan(BOX, TOWNS, terminals=300, seconds=hours * HOUR, mix={"home": 1.0})
        stream = replace(make_scene(plan).stream, slice_rows=20_000)
        before = pa.total_allocated_bytes()
        tracemalloc.start()
        rows = highest = 0
        for table in stream.slices():
            rows += len(table)
            highest = max(highest, pa.total_allocated_bytes() - before)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return rows, most + highest

    (few, little), (many, much) = peak(1), peak(8)
    assert many > 7.5 * few
    assert much < 1.3 * little


def test_a_front_is_what_drones_cross_where_there_is_one(tmp_path: Path) -> None:
    zone = tmp_path / "zone.geojson"
    zone.write_text(shapely.to_geojson(shapely.box(34.0, 45.0, 40.0, 52.0)))
    border = tmp_path / "border.geojson"
    border.write_text(shapely.to_geojson(BOX))
    country = find_country(border, None, zone, built=Path("none"), known=_towns(tmp_path))
    plan = ScenePlan(
        country.polygon, country.towns, country.front, terminals=30, seconds=HOUR, mix={"wing": 1.0}
    )
    starts = [shapely.Point(row["lon"], row["lat"]) for row in there(make_scene(plan))]
    assert not any(country.polygon.contains(start) for start in starts)
    assert max(shapely.LineString([(34, 46), (34, 51)]).distance(start) for start in starts) < 1.2
    with pytest.raises(BadInput, match="makes no front"):
        find_country(border, None, border, built=Path("none"), known=_towns(tmp_path))


def _towns(folder: Path) -> Path:
    path = folder / "towns.csv"
    path.write_text("name,lat,lon,weight\n" + "".join(f"x,{lat},{lon},{n}\n" for lat, lon, n in TOWNS))
    return path


def test_without_a_built_border_the_country_is_invented_and_that_is_said(tmp_path: Path) -> None:
    country = find_country(None, None, None, built=tmp_path / "none", known=_towns(tmp_path))
    assert country.polygon == INVENTED
    assert country.towns == []
    assert "not built" in country.told
    assert "invented" in country.told
    scene = make_scene(ScenePlan(country.polygon, country.towns, terminals=60, seconds=600, mix=EVEN))
    assert len(there(scene)) == 60
    built = tmp_path / "land.geojson"
    built.write_text(shapely.to_geojson(BOX))
    again = find_country(None, None, None, built=built, known=_towns(tmp_path))
    assert len(again.towns) == len(TOWNS)
    assert "invented" not in again.told


def test_towns_that_do_not_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    for text in ("lat,lon\nfifty,30\n", "north,east\n50,30\n", "lat,lon\n"):
        path.write_text(text)
        with pytest.raises(BadInput):
            read_towns(path)
    with pytest.raises(CannotRun):
        read_towns(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"mix": {"submarine": 1.0}}, "submarine"),
        ({"mix": {"home": -1.0}}, "above zero"),
        ({"terminals": 0}, "above zero"),
        ({"interval": 0}, "above zero"),
        ({"events": [Event("jam", 50, 30, after=90)]}, "after the window has ended"),
        ({"events": [Event("jam", 50, 30, after=1, drones=9)]}, "the mix has"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong: dict, says: str) -> None:
    good = {"terminals": 20, "seconds": HOUR, "mix": {"home": 1.0}}
    assert len(there(make_scene(ScenePlan(BOX, TOWNS, **good)))) == 20
    with pytest.raises(BadInput, match=says):
        make_scene(ScenePlan(BOX, TOWNS, **(good | wrong)))
