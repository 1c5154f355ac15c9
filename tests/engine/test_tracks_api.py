"""`groundpass.Tracks`: episodes of terminals that were too fast, from tables of positions."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from groundpass import Tracks
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.episodes import EPISODES
from support.walks import START, drive, parked

UTC_NS = pa.timestamp("ns", "UTC")


def table_of(ways: dict[str, list], **more: object) -> pa.Table:
    """Ways of terminals, in the order of time."""
    rows = sorted((fix.time_ns, name, fix.lat, fix.lon) for name, way in ways.items() for fix in way)
    time_ns, names, lat, lon = zip(*rows, strict=True)
    columns = {"terminal": names, "time": pa.array(time_ns, pa.int64()), "lat": lat, "lon": lon}
    return pa.table(columns | more)


def seconds(episodes: pa.Table) -> list[tuple[str, int, int]]:
    """Terminal, start and end in s since the beginning."""
    times = [
        ((column.cast(pa.int64()).to_numpy() - START) // NS).tolist() for column in episodes.columns[1:3]
    ]
    return list(zip(episodes["terminal"].to_pylist(), *times, strict=True))


def joined(*legs: tuple[float, float]) -> list:
    """A way whose speed changes: (km/h, s) one after another."""
    way = drive(0, 0)
    for kmh, lasting in legs:
        start = (way[-1].time_ns - START) / NS
        way += drive(kmh, lasting, start=start, lat=way[-1].lat, lon=way[-1].lon)[1:]
    return way


def test_an_episode_lasts_from_the_first_fast_leg_until_the_release() -> None:
    way = joined((50, 150), (120, 300), (0, 300))
    episodes = Tracks().update(table_of({"car": way, "slow": drive(60, 600)}))
    assert episodes.schema == EPISODES
    assert seconds(episodes) == [("car", 150, 495)]
    assert episodes["max_sustained_kmh"].to_pylist() == pytest.approx([120], rel=1e-3)


def test_two_episodes_of_one_terminal_are_two() -> None:
    way = joined((120, 300), (0, 300), (150, 300), (0, 300))
    episodes = Tracks().update(table_of({"car": way}))
    assert seconds(episodes) == [("car", 0, 345), ("car", 600, 945)]
    assert episodes["max_sustained_kmh"].to_pylist() == pytest.approx([120, 150], rel=1e-3)


def test_the_greatest_speed_is_one_that_was_sustained() -> None:
    way = joined((100, 300), (200, 90), (100, 60), (140, 60), (160, 60), (100, 120))
    (greatest,) = Tracks().update(table_of({"car": way}))["max_sustained_kmh"].to_pylist()
    assert greatest == pytest.approx(140, rel=1e-3)
    (shorter,) = Tracks(90, 60).update(table_of({"car": way}))["max_sustained_kmh"].to_pylist()
    assert shorter == pytest.approx(200, rel=1e-3)


@pytest.mark.parametrize("rows", [1, 2, 7, 23])
def test_tables_continue_each_other_and_give_an_open_episode_again_extended(rows: int) -> None:
    ways = {
        "a": joined((50, 150), (120, 300), (200, 200), (0, 300), (130, 200)),
        "b": joined((95, 400), (20, 200), (95, 135), (0, 60)),
        "c": drive(70, 900),
    }
    whole = table_of(ways)
    once = {(row["terminal"], row["start"]): row for row in Tracks().update(whole).to_pylist()}
    tracks = Tracks()
    given: dict[tuple, dict] = {}
    for first in range(0, len(whole), rows):
        for row in tracks.update(whole.slice(first, rows)).to_pylist():
            before = given.get((row["terminal"], row["start"]), row)
            assert row["end"] >= before["end"]
            assert row["max_sustained_kmh"] >= before["max_sustained_kmh"]
            given[row["terminal"], row["start"]] = row
    assert given == once
    assert len(once) == 4


def test_a_closed_episode_is_not_given_again() -> None:
    tracks = Tracks()
    assert len(tracks.update(table_of({"car": joined((120, 300), (0, 120))}))) == 1
    later = [fix for fix in joined((0, 900)) if fix.time_ns > START + 500 * NS]
    assert len(tracks.update(table_of({"car": later}))) == 0


@pytest.mark.parametrize(
    "kind", [pa.timestamp("s"), pa.timestamp("ms", "UTC"), UTC_NS, pa.int64(), pa.string()]
)
def test_times_are_timestamps_nanoseconds_or_text(kind: pa.DataType) -> None:
    table = table_of({"car": drive(120, 300)})
    stamps = table["time"].cast(UTC_NS)
    times = {
        pa.int64(): table["time"],
        pa.string(): pa.array([str(time).replace(" ", "T") + "Z" for time in stamps.to_numpy()]),
    }.get(kind)
    times = stamps.cast(UTC_NS if kind.id == pa.int64().id else kind) if times is None else times
    episodes = Tracks().update(table.set_column(1, "time", times))
    assert seconds(episodes) == [("car", 0, 300)]


@pytest.mark.parametrize("kind", [pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_terminals_are_any_text(kind: pa.DataType) -> None:
    table = table_of({"авто 1": drive(120, 300), "": drive(120, 300, lat=51)})
    table = table.set_column(0, "terminal", table["terminal"].cast(kind))
    assert [name for name, _, _ in seconds(Tracks().update(table))] == ["", "авто 1"]


def test_a_row_with_something_missing_moves_nothing_and_stops_nothing() -> None:
    way = drive(120, 300)
    table = table_of({"car": way})
    for column, missing in (
        ("terminal", None),
        ("time", None),
        ("lat", None),
        ("lon", 200.0),
        ("lat", np.nan),
    ):
        place = table.schema.get_field_index(column)
        values = table[column].to_pylist()
        values[4] = missing
        broken = table.set_column(place, column, pa.array(values, table.schema.types[place]))
        assert seconds(Tracks().update(broken)) == [("car", 0, 300)]


def test_a_time_that_does_not_fit_is_one_bad_row() -> None:
    table = table_of({"car": drive(120, 300)})
    times = (table["time"].to_numpy() // NS).tolist()
    times[4] = 2**40
    wide = table.set_column(1, "time", pa.array(times, pa.int64()).cast(pa.timestamp("s")))
    assert seconds(Tracks().update(wide)) == [("car", 0, 300)]


def test_uncertainty_lowers_speeds() -> None:
    table = table_of({"car": drive(98, 300)})
    for metres, count in ((5.0, 1), (30.0, 0)):
        unsure = table.append_column("uncertainty_m", pa.array([metres] * len(table)))
        assert len(Tracks().update(unsure)) == count


def test_rows_may_come_in_any_order_and_twice() -> None:
    table = table_of({"a": drive(120, 300), "b": drive(150, 300)})
    shuffled = table.take(pa.array(np.random.default_rng(1).permutation(len(table))))
    assert Tracks().update(pa.concat_tables([shuffled, table])).equals(Tracks().update(table))
    tracks = Tracks()
    tracks.update(table)
    assert len(tracks.update(table)) == 0


def test_an_empty_table_has_no_episodes() -> None:
    table = table_of({"car": drive(120, 300)})
    tracks = Tracks()
    assert len(tracks.update(table.slice(0, 0))) == 0
    assert len(tracks.update(table)) == 1
    assert tracks.update(table.slice(0, 0)).schema == EPISODES


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("terminal", None, "'terminal' is not there"),
        ("terminal", pa.array([1, 2]), "'terminal' is not text"),
        ("time", pa.array([1.5, 2.5]), "'time' holds no times"),
        ("time", pa.array(["noon", "later"]), "'time' does not read"),
        ("lat", pa.array(["50", "51"]), "'lat' holds no numbers"),
        ("lon", None, "'lon' is not there"),
    ],
)
def test_a_wrong_column_refuses_the_table_and_is_named(column: str, values: pa.Array, says: str) -> None:
    good = table_of({"car": drive(120, 15)})
    place = good.schema.get_field_index(column)
    wrong = good.remove_column(place) if values is None else good.set_column(place, column, values)
    tracks = Tracks()
    with pytest.raises(BadInput, match=says):
        tracks.update(wrong)
    assert len(tracks.movement) == 0


def test_what_is_no_table_or_has_a_column_twice_is_refused() -> None:
    table = table_of({"car": drive(120, 15)})
    with pytest.raises(BadInput, match="is not a table"):
        Tracks().update(table.to_pydict())
    with pytest.raises(BadInput, match="more than once"):
        Tracks().update(table.append_column("lat", table["lat"]))


@pytest.mark.parametrize("wrong", [{"speed_cap_kmh": 0}, {"speed_cap_kmh": np.nan}, {"sustained_s": -1}])
def test_a_cap_that_is_none_is_refused(wrong: dict) -> None:
    with pytest.raises(BadInput):
        Tracks(**wrong)


def test_a_parked_fleet_has_no_episodes_at_twenty_kilometres_an_hour() -> None:
    fleet = parked(50, hours=1, every=1)
    reports = fleet.reports()
    table = pa.table(
        {
            "terminal": pa.array(reports.key).cast(pa.string()),
            "time": reports.time_ns,
            "lat": reports.lat,
            "lon": reports.lon,
        }
    )
    assert len(Tracks(speed_cap_kmh=20).update(table)) == 0
