"""Cells and files of reports are read in the forms that programs and people write."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.operator.cells import h3_cells, numbers, times
from groundpass.operator.reading import open_source
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Kyiv"])
def test_timestamps_of_any_unit_and_zone_are_one_moment(unit: str, zone: str | None) -> None:
    count = (NOW - 5) * {"s": 1, "ms": 10**3, "us": 10**6, "ns": NS}[unit]
    values, wrong = times(pa.array([count, None], pa.timestamp(unit, zone)), "time")
    assert values.tolist() == [(NOW - 5) * NS, NO_TIME]
    assert not wrong.any()


MOMENTS = st.datetimes(dt.datetime(1678, 1, 2), dt.datetime(2261, 12, 30))  # noqa: DTZ001 - naive is UTC here
FORMS = st.sampled_from(["%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"])
ZONES = st.sampled_from([("", 0), ("Z", 0), ("+02:00", 7200), ("-03:30", -12_600), ("+00:00", 0)])


@given(st.lists(st.tuples(MOMENTS, FORMS, ZONES), min_size=1, max_size=20))
def test_any_time_in_any_form_is_read_to_the_nanosecond(
    rows: list[tuple[dt.datetime, str, tuple[str, int]]],
) -> None:
    """Beside one text that is no time, so that good rows are read next to bad ones."""
    texts, expected = [], []
    for moment, form, (zone, shift) in rows:
        suffix = zone if "H" in form else ""
        text = moment.strftime(form).replace(moment.strftime("%Y"), f"{moment.year:04d}", 1)
        texts.append(text + suffix)
        cut = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
        past = cut - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        second = past.days * 86_400 + past.seconds - (shift if suffix else 0)
        expected.append(second * NS + past.microseconds * 1000)
    values, wrong = times(pa.array([*texts, "no time"]), "time")
    assert values.tolist() == [*expected, NO_TIME]
    assert wrong.tolist() == [False] * len(rows) + [True]


@given(st.lists(st.one_of(st.floats(allow_nan=False), st.integers(-(10**9), 10**9)).map(repr), max_size=20))
def test_numbers_are_read_as_python_reads_them(words: list[str]) -> None:
    values, wrong = numbers(pa.array([*words, "", None, "x"], pa.string()), "lat")
    assert values[: len(words)].tolist() == [float(word) for word in words]
    assert np.isnan(values[len(words) :]).all()
    assert wrong.tolist() == [False] * (len(words) + 2) + [True]


@given(st.lists(st.integers(2**59, 2**60), max_size=20))
def test_cells_are_read_alike_in_hexadecimal_in_decimal_and_as_integers(cells: list[int]) -> None:
    columns = [
        pa.array([f"{cell:x}" for cell in cells], pa.string()),
        pa.array([f"0x{cell:X}" for cell in cells], pa.string()),
        pa.array([str(cell) for cell in cells], pa.string()),
        pa.array(cells, pa.uint64()),
        pa.array(cells, pa.int64()),
    ]
    for column in columns:
        values, wrong = h3_cells(column, "h3")
        assert values.tolist() == cells
        assert not wrong.any()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_csv_is_read_whatever_wrote_it(tmp_path: Path, encoding: str, delimiter: str, ending: str) -> None:
    lines = ["terminal,time,lat,name", "a,1,50,Марія", "", 'b,2,40,"c"']
    path = tmp_path / "reports.csv"
    path.write_bytes(ending.join(lines).replace(",", delimiter).encode(encoding))
    with open_source(path) as source:
        rows = [row for batch in source.batches(["name", "terminal"]) for row in batch.to_pylist()]
    assert source.columns == ("terminal", "time", "lat", "name")
    assert rows == [{"name": "Марія".encode(), "terminal": b"a"}, {"name": b"c", "terminal": b"b"}]
