"""`groundpass.Release`: an operator's store decides tables, with tracks and without."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from groundpass import Release, Tracks
from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.core.ids import parse_column
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.core.state import Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action
from groundpass.kernel.engine.fast import FastView
from groundpass.kernel.territory import to_wkb
from groundpass.kernel.trust.keying import entry_keys
from groundpass.kernel.wire.verdicts import VERDICTS
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.store import init_store
from groundpass.operator.sync import sync
from groundpass.operator.tracks import load_tracks, save_tracks
from support.publisher import Publisher, utid
from support.times import NOW
from support.walks import drive

if TYPE_CHECKING:
    from pathlib import Path

KEYING = bytes(range(16))
START = 1_790_000_000  # of ways, UTC s


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Terminals 1 to 9 are listed, others are denied, in 24 to 36 E, 46 to 51 N."""
    folder = tmp_path_factory.mktemp("release")
    keys = OperatorKeys.create(folder / "keys")
    publisher = Publisher(folder, keys.wrap_public, NOW, listed=[utid(n) for n in range(1, 10)])
    publisher.publish()
    store = init_store(folder / "store", publisher.root, keys, str(publisher.public), now=NOW)
    sync("", store.folder, now=NOW)
    return store.folder


@pytest.fixture
def capped() -> Release:
    """One listed terminal, a country that allows everybody at up to 75 km/h, a town that settles by 3."""
    places = (
        Territory("ua", "The country", to_wkb(shapely.box(22, 44, 40, 52))),
        Territory("town", "A town", to_wkb(shapely.box(31, 49, 33, 51)), precedence=1, settle=3),
    )
    rules = tuple(
        Rule(place.id, profile, Action.ALLOW, speed_cap=75 if place.id == "ua" else None)
        for place in places
        for profile in (UNLISTED, "standard")
    )
    key = entry_keys(parse_column(pa.array([utid(1)]), "utid")[0], KEYING)
    entries = Entries(key, np.ones(1, np.uint16), np.zeros(1, np.int64), np.full(1, START + 10**8))
    state = State("t", "00", 3, START, "utid", (UNLISTED, "standard"), entries, places, rules)
    return Release(FastView.of(state), KEYING)


def table(terminals: list[str], **more: Any) -> pa.Table:
    size = len(terminals)
    columns = {"terminal": terminals, "time": [NOW * NS] * size, "lat": [50.0] * size, "lon": [30.0] * size}
    return pa.table(columns | more)


def drives(kmh: float, seconds: float, *, lon: float = 24.0) -> pa.Table:
    way = drive(kmh, seconds, lon=lon)
    return table(
        [utid(1)] * len(way),
        time=[fix.time_ns for fix in way],
        lat=[fix.lat for fix in way],
        lon=[fix.lon for fix in way],
    )


def decide(release: Release, given: pa.Table, **more: Any) -> list[str]:
    return release.decide(given, now=START + 10_000, **more)["reason"].to_pylist()


def test_a_store_is_opened_and_decides(store: Path) -> None:
    release = Release.open(store)
    assert (release.serial, release.issued) == (1, dt.datetime.fromtimestamp(NOW, dt.UTC))
    made = release.decide(table([utid(1), utid(77), "nonsense", ""]), now=NOW)
    assert made.schema == VERDICTS
    assert made["reason"].to_pylist() == ["LISTED", "UNLISTED", "UNLISTED", "UNLISTED"]
    assert made["verdict"].to_pylist() == ["ALLOW", "DENY", "DENY", "DENY"]
    assert made["release"].to_pylist() == [1] * 4


def test_a_folder_without_a_store_or_without_a_release_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no operator's store"):
        Release.open(tmp_path)


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        float(NOW),
        NOW * NS,
        np.int64(NOW),
        np.datetime64(NOW, "s"),
        dt.datetime.fromtimestamp(NOW, dt.UTC),
    ],
)
def test_now_may_be_said_in_any_clear_way(store: Path, now: Any) -> None:
    assert Release.open(store).decide(table([utid(1)]), now=now)["reason"].to_pylist() == ["LISTED"]


@pytest.mark.parametrize(
    "now", [dt.datetime.fromisoformat("2026-02-03T08:00:00"), "now", None, True, 10**13, float("nan")]
)
def test_now_that_is_no_moment_is_refused(store: Path, now: Any) -> None:
    with pytest.raises(BadInput, match="now"):
        Release.open(store).decide(table([utid(1)]), now=now)


def test_rows_keep_their_order_in_any_chunks_and_empty_tables_are_tables(store: Path) -> None:
    release = Release.open(store)
    names = [utid(number) for number in (1, 77, 2, 78, 3)]
    whole = table(names)
    chunks = pa.concat_tables([whole.slice(0, 2), whole.slice(2, 0), whole.slice(2)])
    assert release.decide(chunks, now=NOW).equals(release.decide(whole, now=NOW))
    assert release.decide(whole.to_batches()[0], now=NOW)["terminal"].to_pylist() == names
    assert release.decide(whole.slice(0, 0), now=NOW).equals(VERDICTS.empty_table())


def test_a_table_with_a_wrong_column_is_refused_and_the_tracks_stay(store: Path) -> None:
    release, tracks = Release.open(store), Tracks()
    with pytest.raises(BadInput, match="'lat'"):
        release.decide(table([utid(1)], lat=[[1.0]]), now=NOW, tracks=tracks)
    with pytest.raises(BadInput, match="no column 'terminal'"):
        release.decide(table([utid(1)]).drop_columns(["terminal"]), now=NOW)
    with pytest.raises(BadInput, match="not a table"):
        release.decide([utid(1)], now=NOW)
    with pytest.raises(BadInput, match="no tracks"):
        release.decide(table([utid(1)]), now=NOW, tracks={})
    assert len(tracks.movement) == 0


def test_with_tracks_who_is_too_fast_for_the_rule_is_denied_and_without_nobody_is(capped: Release) -> None:
    fast = drives(100, 300)
    assert set(decide(capped, fast)) == {"LISTED"}
    reasons = decide(capped, fast, tracks=Tracks())
    assert reasons == ["LISTED"] * 8 + ["TOO_FAST"] * 13
    assert set(decide(capped, drives(70, 600), tracks=Tracks())) == {"LISTED"}


def test_tracks_carry_on_from_table_to_table_and_through_a_file(capped: Release, tmp_path: Path) -> None:
    fast = drives(100, 300)
    first, second, path = fast.slice(0, 6), fast.slice(6), tmp_path / "tracks"
    tracks = load_tracks(path)
    reasons = decide(capped, first, tracks=tracks)
    save_tracks(path, tracks)
    assert path.stat().st_mode & 0o077 == 0
    reasons += decide(capped, second, tracks=load_tracks(path))
    assert reasons == decide(capped, fast, tracks=Tracks())
    path.write_bytes(b"nothing")
    with pytest.raises(CannotRun, match="does not read"):
        load_tracks(path)


def test_a_terminal_settles_in_a_territory_and_leaves_it_at_once(capped: Release) -> None:
    lons = [30.5, 31.5, 31.5, 31.5, 31.5, 30.5, 31.5]
    times = [(START + 60 * number) * NS for number in range(len(lons))]
    given = table([utid(1)] * len(lons), time=times, lon=lons)
    places = capped.decide(given, now=START + 10_000, tracks=Tracks())["territory"].to_pylist()
    assert places == ["ua", "ua", "ua", "town", "town", "ua", "ua"]
    assert capped.decide(given, now=START + 10_000)["territory"].to_pylist()[1] == "town"
