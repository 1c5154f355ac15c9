"""Ids of whole columns: bit for bit what one id at a time gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundpass.kernel.core.errors import BadIdentifier, BadInput
from groundpass.kernel.core.ids import OTHER, block, normalise, parse_column, schemes

HEX = "0123456789abcdefABCDEF"
groups = st.tuples(*[st.text(HEX, min_size=8, max_size=8)] * 3).map("-".join)
utids = st.tuples(st.sampled_from(["", "ut", "UT", "Ut", " ut", "vt"]), groups).map("".join)
near_misses = st.tuples(
    groups, st.integers(0, 25), st.sampled_from(["", "g", "-", "\u2013", "\u041e", "\n", "\0", "@", "`", "G"])
).map(lambda made: made[0][: made[1]] + made[2] + made[0][made[1] + 1 :])
routers = st.tuples(
    st.sampled_from(["", "Router-", "ROUTER-", "Router\r"]), st.text(HEX, min_size=24, max_size=24)
)
texts = st.one_of(
    utids, near_misses, routers.map("".join), st.text(max_size=30), st.just("KIT00142069"), st.none()
)
kinds = st.sampled_from(
    [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int16(), pa.string())]
)


def one_at_a_time(text: str | None, scheme: str) -> tuple[bytes, bool]:
    try:
        return block(normalise(text or "", scheme)), scheme != OTHER
    except BadIdentifier:
        return block(normalise(text or "", OTHER)), False


@given(
    rows=st.lists(texts, max_size=40),
    kind=kinds,
    scheme=st.sampled_from([*schemes(), OTHER]),
    cut=st.integers(0, 9),
)
def test_a_column_gives_what_its_rows_give(
    rows: list[str | None], kind: pa.DataType, scheme: str, cut: int
) -> None:
    encoded = [None if row is None else row.encode() for row in rows] if kind == pa.binary() else rows
    array = pa.array(encoded, kind)
    blocks, known = parse_column(pa.chunked_array([array.slice(cut), array.slice(0, cut)], kind), scheme)
    expected = [one_at_a_time(row, scheme) for row in rows[cut:] + rows[:cut]]
    assert [bytes(row) for row in blocks] == [row[0] for row in expected]
    assert known.tolist() == [row[1] for row in expected]


def test_more_rows_than_a_step_stay_in_order() -> None:
    rows = [f"ut{i:08x}-00000000-{i:08X}" if i % 3 else f"{i:08x}-00000000-{i:08x}" for i in range(70_000)]
    rows[1234] = "not an id"
    blocks, known = parse_column(pa.array(rows), "utid")
    assert np.flatnonzero(~known).tolist() == [1234]
    numbers = blocks[:, 2:6].copy().view(">u4").ravel()
    assert np.delete(numbers, 1234).tolist() == [i for i in range(70_000) if i != 1234]


def test_bytes_that_are_no_text_keep_distinct_blocks() -> None:
    blocks, known = parse_column(pa.array([b"\xff\xfe", b"\xff\xfd", None], pa.binary()), "utid")
    assert not known.any()
    assert len({bytes(row) for row in blocks}) == 3


def test_an_all_null_and_an_empty_column_have_blocks_too() -> None:
    blocks, known = parse_column(pa.nulls(3), "utid")
    assert blocks.tolist() == [[0] * 16] * 3
    assert not known.any()
    assert parse_column(pa.chunked_array([], pa.string()), "utid")[0].shape == (0, 16)


def test_a_column_of_numbers_is_refused() -> None:
    with pytest.raises(BadInput, match="int64"):
        parse_column(pa.array([1, 2]), "utid")


def test_an_unknown_scheme_refuses_the_whole_column() -> None:
    with pytest.raises(BadInput, match="not known"):
        parse_column(pa.array(["1"]), "imei")
