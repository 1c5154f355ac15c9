"""Columns are taken as they are or refused by name; nothing is cast, nothing wraps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.engine import Report, Reports, country_code, country_text


def test_columns_that_are_not_given_are_missing_in_every_row() -> None:
    batch = Reports.of(2, key=np.array([1, 2], np.uint64))
    row = batch.row(1)
    assert (row.key, row.time_ns, row.cell, row.country) == (2, NO_TIME, 0, "")
    assert math.isnan(row.lat)
    assert math.isnan(row.lon)
    assert math.isnan(row.uncertainty_m)
    assert math.isnan(row.speed_mps)


def test_rows_come_back_as_they_went_in() -> None:
    rows = [
        Report(2**64 - 1, -5, 1.5, -2.5, 3.0, 2**63 + 1, "UA", 4.0),
        Report(0, NO_TIME, 90.0, 180.0, 0.0, 0, "", 0.0),
    ]
    batch = Reports.from_rows(rows)
    assert [batch.row(index) for index in range(2)] == rows
    assert [batch.part(slice(1, 2)).row(0)] == rows[1:]
    assert len(Reports.from_rows([])) == 0


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"key": np.array([1], np.int64)}, "column key"),
        ({"lat": np.array([1.0], np.float32)}, "column lat"),
        ({"lat": np.array([[1.0]])}, "column lat"),
        ({"lat": [1.0]}, "column lat"),
        ({"lat": np.array([1.0, 2.0])}, "column lat has 2 rows"),
        ({"key": np.array([1, 2], np.uint64)}, "key has 2 rows instead of 1"),
        ({"altitude": np.array([1.0])}, "altitude"),
    ],
)
def test_a_wrong_column_refuses_the_batch_by_name(columns: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Reports.of(1, **columns)


def test_a_number_that_does_not_fit_raises() -> None:
    with pytest.raises(OverflowError):
        Reports.from_rows([Report(key=2**64)])


@pytest.mark.parametrize(
    ("text", "code"), [("UA", 0x5541), (" ua ", 0x5541), ("", 0), ("U", 0), ("U1", 0), ("\u0423\u0410", 0)]
)
def test_country_codes_are_two_ascii_letters_or_nothing(text: str, code: int) -> None:
    assert country_code(text) == code
    assert country_code(country_text(code)) == code
