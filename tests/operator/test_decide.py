"""A file of reports in any format gives a file of verdicts, a row a row, whatever its cells hold."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import h3
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.reference import decide_one
from groundpass.kernel.wire.verdicts import VERDICTS
from groundpass.operator.columns import Reading
from groundpass.operator.decide import decide_file
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.release import Release
from groundpass.operator.simulator.fleet import FleetPlan, make_fleet
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import sync
from support.publisher import LAND, Publisher, utid
from support.times import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


NOW_NS = (NOW + 60) * NS
ENDINGS = ["csv", "tsv", "parquet", "arrow", "arrows", "feather", "ipc"]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Publisher:
    """Terminals 1 to 300 are listed, others are denied, in 24 to 36 E, 46 to 51 N."""
    folder = tmp_path_factory.mktemp("decide")
    keys = OperatorKeys.create(folder / "keys")
    publisher = Publisher(folder, keys.wrap_public, NOW, listed=[utid(n) for n in range(1, 301)])
    publisher.publish()
    store = init_store(folder / "store", publisher.root, keys, str(publisher.public), now=NOW)
    sync("", store.folder, now=NOW)
    return publisher


@pytest.fixture(scope="module")
def held(issuer: Publisher) -> Store:
    """A store that holds the release. Its ledger grows from test to test; nothing here looks at it."""
    return Store.open(issuer.folder / "store")


def reports(count: int = 4) -> pa.Table:
    """Listed inside, unlisted inside, listed outside, unlisted outside, and so on."""
    number = np.arange(count)
    return pa.table(
        {
            "terminal": [utid(1 + n if n % 2 == 0 else 9_000 + n) for n in number],
            "time": pa.array(NOW * NS + number, pa.timestamp("ns", "UTC")),
            "lat": np.where(number % 4 < 2, 50.0, 40.0),
            "lon": np.full(count, 30.0),
            "note": ["ignored"] * count,
        }
    )


def write(table: pa.Table, path: Path) -> Path:
    kind = path.suffix
    if kind == ".parquet":
        pq.write_table(table, path)
    elif kind in {".csv", ".tsv"}:
        options = pacsv.WriteOptions(delimiter="\t" if kind == ".tsv" else ",")
        pacsv.write_csv(table, path, write_options=options)
    else:
        with (pa.ipc.new_stream if kind == ".arrows" else pa.ipc.new_file)(str(path), table.schema) as writer:
            writer.write_table(table)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def verdicts(
    store: Store, path: Path, mapping: Mapping[str, str] | None = None
) -> tuple[list[dict[str, str]], dict[str, object]]:
    out = path.with_name(f"{path.stem}-verdicts.csv")
    summary = decide_file(path, out, store=store.folder, now_ns=NOW_NS, mapping=mapping)
    return read(out), summary.to_dict()


def of_text(
    store: Store, folder: Path, text: str | bytes, mapping: Mapping[str, str] | None = None
) -> tuple[list[str], dict[str, object]]:
    """Reasons of each row of a CSV, and the summary."""
    path = folder / "reports.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    rows, summary = verdicts(store, path, mapping)
    return [row["reason"] for row in rows], summary


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_in_gives_the_same_verdicts(held: Store, tmp_path: Path, ending: str) -> None:
    rows, summary = verdicts(held, write(reports(), tmp_path / f"r.{ending}"))
    assert [row["reason"] for row in rows] == ["LISTED", "UNLISTED", "OUTSIDE", "OUTSIDE"]
    assert [row["verdict"] for row in rows] == ["ALLOW", "DENY", "UNGOVERNED", "UNGOVERNED"]
    assert [row["terminal"] for row in rows] == reports()["terminal"].to_pylist()
    assert rows[0]["territory"] == "land"
    assert rows[1]["time"] == "2026-02-03T08:00:00.000000001Z"
    assert summary["by_reason"] == {"OUTSIDE": 2, "UNLISTED": 1, "LISTED": 1}
    assert summary["by_verdict"] == {"UNGOVERNED": 2, "ALLOW": 1, "DENY": 1}
    assert summary["rows"] == 4
    assert summary["release"] == 1


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_out_holds_the_same_rows(held: Store, tmp_path: Path, ending: str) -> None:
    source, out = write(reports(), tmp_path / "r.parquet"), tmp_path / f"out.{ending}"
    decide_file(source, out, store=held.folder, now_ns=NOW_NS)
    if ending in {"csv", "tsv"}:
        assert [row["reason"] for row in read(out)] == ["LISTED", "UNLISTED", "OUTSIDE", "OUTSIDE"]
        return
    if ending == "parquet":
        table = pq.read_table(out)
    else:
        opened = pa.ipc.open_stream if ending == "arrows" else pa.ipc.open_file
        table = opened(pa.OSFile(str(out))).read_all()
    assert table.column_names == VERDICTS.names
    assert table["reason"].cast(pa.string()).to_pylist() == ["LISTED", "UNLISTED", "OUTSIDE", "OUTSIDE"]


def test_batches_and_order_are_kept_over_many_rows(held: Store, tmp_path: Path) -> None:
    table = reports(300_001)
    out = tmp_path / "out.parquet"
    told: list[tuple[int, int | None]] = []
    summary = decide_file(
        write(table, tmp_path / "r.parquet"),
        out,
        store=held.folder,
        now_ns=NOW_NS,
        progress=lambda done, total: told.append((done, total)),
    )
    made = pq.read_table(out)
    assert made["terminal"].equals(table["terminal"])
    assert made["time"].equals(table["time"])
    assert summary.rows == 300_001
    assert sum(summary.by_reason.values()) == sum(summary.by_verdict.values()) == 300_001
    assert told[-1] == (300_001, 300_001)
    assert len(told) > 1
    assert summary.rows_per_second > 0


def test_a_simulated_day_agrees_with_the_reference_row_by_row(issuer: Publisher, held: Store) -> None:
    fleet = make_fleet(
        FleetPlan(LAND, [(50.0, 30.0, 1.0), (47.0, 32.0, 1.0)], terminals=200, start=NOW - 80_000)
    )
    table = fleet.table().slice(0, 3_000)
    state, keying = held.current(), issuer.keys.keying
    made = Release.open(held).decide(table, now=NOW_NS // NS)
    rows = Reading("utid", keying).read(table.combine_chunks().to_batches()[0])
    expected = [decide_one(state, rows.row(number), now_ns=NOW_NS) for number in range(0, len(rows), 7)]
    for number, one in zip(range(0, len(rows), 7), expected, strict=True):
        row = made.slice(number, 1)
        assert row["reason"][0].as_py() == one.reason.name
        assert row["verdict"][0].as_py() == one.verdict.name
        assert row["territory"][0].as_py() == one.territory


def test_columns_are_mapped_and_the_rest_is_ignored(held: Store, tmp_path: Path) -> None:
    text = f"id;when;y;x;alt_m\n{utid(1)};2026-02-03T07:00:00Z;50,5;30,5;120\n"
    mapping = {"terminal": "id", "time": "when", "lat": "y", "lon": "x"}
    assert of_text(held, tmp_path, text, mapping=mapping)[0] == ["LISTED"]


@pytest.mark.parametrize(
    ("header", "mapping", "said"),
    [
        ("id,time,lat,lon", {}, r"no column 'terminal'.*columns are: id, time, lat, lon.*--map terminal="),
        ("terminal,zeit,lat,lon", {}, r"no column 'time'.*--map time="),
        ("terminal,time,lat", {}, r"no column 'lon'.*--map lon="),
        ("terminal,time", {}, r"no position.*columns are: terminal, time"),
        (
            "terminal,time,lat,lon",
            {"terminal": "utid"},
            r"no column 'utid' for 'terminal'.*columns are: terminal",
        ),
        ("terminal,time,lat,lon", {"longitude": "lon"}, r"'longitude' is no column of reports"),
        ("terminal,terminal,time,lat,lon", {}, r"two columns 'terminal'"),
    ],
)
def test_a_missing_column_refuses_the_file_and_names_it(
    held: Store, tmp_path: Path, header: str, mapping: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        of_text(held, tmp_path, f"{header}\n1,2,3,4,5\n", mapping=mapping)
    assert not list(tmp_path.glob("*verdicts*"))


def test_a_bad_cell_costs_its_row_a_position_and_nothing_else(held: Store, tmp_path: Path) -> None:
    good = f"{utid(2)},2026-02-03T07:00:00Z,50.0,30.0"
    rows = {
        good: "LISTED",
        f"{utid(2)},yesterday,50.0,30.0": "UNLOCATED",
        f"{utid(2)},,50.0,30.0": "UNLOCATED",
        f"{utid(2)},2026-02-03T07:00:00Z,fifty,30.0": "UNLOCATED",
        f"{utid(2)},2026-02-03T07:00:00Z,,": "UNLOCATED",
        f"{utid(2)},2026-02-03T07:00:00Z,nan,30.0": "UNLOCATED",
        f"{utid(2)},2026-02-03T07:00:00Z,91,30.0": "UNLOCATED",
        f"{utid(2)},2026-02-03T07:00:00Z,1e999,30.0": "UNLOCATED",
        "no terminal,2026-02-03T07:00:00Z,50.0,30.0": "UNLISTED",
        ",2026-02-03T07:00:00Z,50.0,30.0": "UNLISTED",
        f'"{utid(2)}","2026-02-03T07:00:00Z","50.0","30.0"': "LISTED",
    }
    reasons, summary = of_text(held, tmp_path, "terminal,time,lat,lon\n" + "\n".join(rows) + "\n")
    assert reasons == list(rows.values())
    assert summary["unrecognised"] == 2
    assert summary["bad_rows"] == {
        "terminal missing": 1,
        "time unreadable": 1,
        "time missing": 1,
        "lat unreadable": 1,
        "position missing": 3,
    }


TIMES = {
    "2026-02-03T07:00:00Z": "LISTED",
    "2026-02-03 07:00:00": "LISTED",
    "2026-02-03T07:00": "LISTED",
    "2026-02-03": "NOT_YET_VALID",  # its midnight
    "2026-02-03T09:00:00.25+02:00": "LISTED",
    "2026-02-03T07:00:00.123456789Z": "LISTED",
    "20260203T070000Z": "LISTED",
    str((NOW - 60) * NS): "LISTED",
    str(NOW - 60): "UNLOCATED",  # seconds: in nanoseconds it would be 1970
    "2026-02-30T07:00:00Z": "UNLOCATED",
    "2026-02-03T07:00:61Z": "UNLOCATED",
    "2026-02-04T07:00:00Z": "UNLOCATED",  # after now
    "9999-12-31T23:59:59Z": "UNLOCATED",
    "0001-01-01T00:00:00+14:00": "UNLOCATED",
}


def test_times_are_read_in_the_forms_that_people_write(held: Store, tmp_path: Path) -> None:
    text = "terminal,time,lat,lon\n" + "".join(f"{utid(1)},{time},50,30\n" for time in TIMES)
    reasons, summary = of_text(held, tmp_path, text)
    assert dict(zip(TIMES, reasons, strict=True)) == TIMES
    assert summary["bad_rows"] == {"time unreadable": 5}


def test_a_timestamp_too_far_for_nanoseconds_is_no_other_time(held: Store, tmp_path: Path) -> None:
    time = pa.array([253_402_300_799, NOW - 5, None], pa.timestamp("s"))
    table = reports(3).set_column(1, "time", time)
    rows, summary = verdicts(held, write(table, tmp_path / "r.arrow"))
    assert [row["time"] for row in rows] == ["", "2026-02-03T07:59:55.000000000Z", ""]
    assert summary["bad_rows"] == {"time unreadable": 1, "time missing": 1}


def test_cells_countries_and_radii_place_a_terminal(held: Store, tmp_path: Path) -> None:
    inside, outside = (h3.latlng_to_cell(lat, 30.0, 5) for lat in (48.5, 40.0))
    head = "terminal,time,lat,lon,uncertainty_m,h3,country,speed_mps\n"
    start = f"{utid(1)},2026-02-03T07:00:00Z"
    rows = {
        f"{start},,,,{inside},,": "LISTED",
        f"{start},,,,{int(inside, 16)},,": "LISTED",
        f"{start},,,,{outside},,": "OUTSIDE",
        f"{start},,,,zzz,,": "UNLOCATED",
        f"{start},,,,zzz,XT,": "LISTED",
        f"{start},,,,,xt,": "LISTED",
        f"{start},,,,,Testland,": "UNLOCATED",
        f"{start},48.5,30,20,,,fast": "LISTED",
        f"{start},48.5,30,about 20,,,": "UNLOCATED",  # a radius that does not read is no point
        f"{start},48.5,30,about 20,,XT,": "LISTED",
    }
    reasons, summary = of_text(held, tmp_path, head + "\n".join(rows) + "\n")
    assert reasons == list(rows.values())
    bad = summary["bad_rows"]
    assert isinstance(bad, dict)
    assert {kind: bad[kind] for kind in bad if "unreadable" in kind} == {
        "uncertainty_m unreadable": 2, "speed_mps unreadable": 1, "h3 unreadable": 2, "country unreadable": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("h3", pa.array([6.0e17]), r"column 'h3' is of type double.*more digits than a float"),
        ("time", pa.array([1.7e18]), r"column 'time' is of type double"),
        ("lat", pa.array([[50.0]]), r"column 'lat' is of type list"),
        ("country", pa.array([804]), r"column 'country' is of type int64"),
        ("terminal", pa.array([7]), r"column of ids is int64"),
    ],
)
def test_a_column_of_the_wrong_type_refuses_the_file_and_names_it(
    held: Store, tmp_path: Path, name: str, values: pa.Array, said: str
) -> None:
    table = reports(1)
    if name in table.column_names:
        table = table.drop_columns(name)
    with pytest.raises(BadInput, match=said):
        verdicts(held, write(table.append_column(name, values), tmp_path / "r.arrow"))


@pytest.mark.parametrize("text", ["", "\n\n", "terminal,time,lat,lon\n", "\ufeffterminal;time;lat;lon"])
def test_a_file_without_rows_gives_no_rows(held: Store, tmp_path: Path, text: str) -> None:
    reasons, summary = of_text(held, tmp_path, text)
    assert reasons == []
    assert summary["rows"] == 0


def test_rows_of_the_wrong_length_keep_their_place_and_are_counted(held: Store, tmp_path: Path) -> None:
    good = f"{utid(1)},2026-02-03T07:00:00Z,50,30"
    lines = [good] * 5 + [f"{utid(1)},2026-02-03T07:00:00Z", f"{good},7,8"] + [f"{good},"] + [good] * 5
    reasons, summary = of_text(held, tmp_path, "terminal,time,lat,lon\n" + "\n".join(lines))
    assert reasons == ["LISTED"] * 5 + ["UNLOCATED", "UNLOCATED"] + ["LISTED"] * 6
    assert summary["bad_rows"] == {
        "position missing": 2, "time missing": 1, "row with too few or too many cells": 2,
    }  # fmt: skip


def test_a_ragged_row_far_into_a_file_loses_none_of_the_others(held: Store, tmp_path: Path) -> None:
    good = f"{utid(1)},2026-02-03T07:00:00Z,50,30\n"
    text = "terminal,time,lat,lon\n" + good * 250_000 + "short\n" + good * 100
    path = tmp_path / "long.csv"
    path.write_text(text)
    summary = decide_file(path, tmp_path / "out.parquet", store=held.folder, now_ns=NOW_NS)
    assert summary.rows == 250_101
    reasons = pq.read_table(tmp_path / "out.parquet")["reason"].cast(pa.string())
    assert pc.index(reasons, "UNLOCATED").as_py() == 250_000


def test_bytes_that_are_no_text_are_no_listed_terminal(held: Store, tmp_path: Path) -> None:
    text = b"terminal,time,lat,lon\n\xff\xfe\xfa,2026-02-03T07:00:00Z,50,30\n"
    reasons, summary = of_text(held, tmp_path, text)
    assert reasons == ["UNLISTED"]
    assert summary["unrecognised"] == 1


@pytest.mark.parametrize("ending", ["parquet", "arrow", "arrows"])
def test_a_damaged_file_is_refused_and_the_old_verdicts_stay(
    held: Store, tmp_path: Path, ending: str
) -> None:
    source = write(reports(50_000), tmp_path / f"r.{ending}")
    out = tmp_path / "out.csv"
    out.write_text("old")
    data = source.read_bytes()
    source.write_bytes(data[: len(data) // 2])
    with pytest.raises((BadInput, CannotRun), match=rf"r\.{ending}"):
        decide_file(source, out, store=held.folder, now_ns=NOW_NS)
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.glob("*out*")) == ["out.csv"]


def test_what_cannot_run_says_what_is_missing(publisher: Publisher, store: Store, tmp_path: Path) -> None:
    source = write(reports(), tmp_path / "r.csv")
    with pytest.raises(CannotRun, match="no operator's store"):
        decide_file(source, tmp_path / "o.csv", store=tmp_path / "nowhere", now_ns=NOW_NS)
    with pytest.raises(CannotRun, match=r"holds no release yet.*operator sync"):
        decide_file(source, tmp_path / "o.csv", store=store.folder, now_ns=NOW_NS)
    publisher.publish()
    sync("", store.folder, now=NOW)
    with pytest.raises(CannotRun, match="no file"):
        decide_file(tmp_path / "none.csv", tmp_path / "o.csv", store=store.folder, now_ns=NOW_NS)
    with pytest.raises(CannotRun, match="cannot be written"):
        decide_file(source, tmp_path / "no" / "o.csv", store=store.folder, now_ns=NOW_NS)
    with pytest.raises(BadInput, match=r"'\.xlsx'.*\.csv"):
        decide_file(tmp_path / "r.xlsx", tmp_path / "o.csv", store=store.folder, now_ns=NOW_NS)
    with pytest.raises(BadInput, match="replace the reports themselves"):
        decide_file(source, source, store=store.folder, now_ns=NOW_NS)


def test_dictionary_columns_are_read_like_others(issuer: Publisher, held: Store) -> None:
    table = reports(8)
    coded = table.set_column(0, "terminal", table["terminal"].combine_chunks().dictionary_encode())
    release = Release.open(held.folder)
    plain, made = (release.decide(one, now=NOW_NS // NS) for one in (table, coded))
    assert made.equals(plain)
