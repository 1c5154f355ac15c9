from __future__ import annotations

import dataclasses
import math
import struct
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.core.intervals import NEVER
from groundpass.kernel.core.state import Entries
from groundpass.kernel.wire import snapshot
from groundpass.kernel.wire.columns import key_sections
from groundpass.kernel.wire.header import MAX_ENTRIES
from groundpass.kernel.wire.state import encode

if TYPE_CHECKING:
    from types import SimpleNamespace


def random_entries(count: int, seed: int) -> Entries:
    rng = np.random.default_rng(seed)
    key = np.unique(rng.integers(1, 2**64 - 1, count, dtype=np.uint64))
    start = rng.integers(1_770_000_000, 1_780_000_000, len(key))
    return Entries(key, rng.integers(1, 3, len(key)).astype(np.uint16), start, start + 31_536_000)


def test_a_snapshot_gives_back_the_state_that_went_in(samples: SimpleNamespace):
    state = samples.new_state()
    assert encode(snapshot.unpack(snapshot.pack(state))) == encode(state)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(
        st.integers(1, 2**64 - 1),
        st.tuples(st.integers(1, 2), st.integers(-(2**63), 2**63 - 2), st.integers(1, 2**63), st.booleans()),
        max_size=30,
    )
)
def test_any_entries_survive_a_snapshot(
    samples: SimpleNamespace, rows: dict[int, tuple[int, int, int, bool]]
):
    columns = [
        (key, profile, start, NEVER if endless else min(start + length, NEVER))
        for key, (profile, start, length, endless) in rows.items()
    ]
    state = dataclasses.replace(samples.old_state(), entries=samples.entries(columns))
    assert encode(snapshot.unpack(snapshot.pack(state))) == encode(state)


def test_the_key_column_comes_within_two_percent_of_the_information_limit():
    entries = random_entries(250_000, seed=1)
    count = len(entries)
    limit = (64 * count - math.lgamma(count + 1) / math.log(2)) / 8  # bytes: log2 of C(2^64, n), n << 2^64
    codec = pa.Codec("zstd", compression_level=9)
    size = sum(len(codec.compress(section, asbytes=True)) for section in key_sections(entries.key))
    assert size <= 1.02 * limit


def test_a_snapshot_of_a_quarter_of_a_million_comes_back_whole(samples: SimpleNamespace):
    state = dataclasses.replace(samples.old_state(), entries=random_entries(250_000, seed=2))
    assert encode(snapshot.unpack(snapshot.pack(state))) == encode(state)


def test_a_flipped_bit_gives_the_same_state_or_a_refusal(samples: SimpleNamespace):
    data = snapshot.pack(samples.new_state())
    plain = encode(samples.new_state())
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                state = snapshot.unpack(bytes(flipped))
            except (BadInput, NotVerified):
                continue
            assert encode(state) == plain  # zstd has bits that say nothing


def test_a_snapshot_cut_anywhere_or_continued_is_refused(samples: SimpleNamespace):
    data = snapshot.pack(samples.new_state())
    for end in range(len(data)):
        with pytest.raises(BadInput):
            snapshot.unpack(data[:end])
    with pytest.raises(BadInput):
        snapshot.unpack(data + b"\0")


def test_a_bomb_is_refused_before_it_unfolds(samples: SimpleNamespace):
    header = snapshot.pack(samples.new_state())[:12]
    bomb = pa.Codec("zstd").compress(bytes(2**28), asbytes=True)
    data = snapshot.pack(samples.new_state())
    (length,) = struct.unpack("<I", header[8:])
    start = 12 + length
    (section,) = struct.unpack_from("<Q", data, start)
    changed = data[:start] + struct.pack("<Q", len(bomb)) + bomb + data[start + 8 + section :]
    with pytest.raises(BadInput):
        snapshot.unpack(changed)


def test_more_entries_than_the_limit_are_refused_by_their_count(samples: SimpleNamespace):
    data = snapshot.pack(samples.new_state())
    assert b'"entries"' not in data[:200]  # the state's header is compressed: the count is read after it
    assert MAX_ENTRIES * 26 < 2**30
    with pytest.raises(BadInput):
        snapshot.unpack(b"GPSNAP_2" + data[8:])


def test_a_snapshot_that_names_another_hash_is_not_believed(samples: SimpleNamespace):
    data = snapshot.pack(samples.new_state())
    other = snapshot.pack(samples.old_state())
    mine, theirs = (bytes(part[part.index(b'"state_hash":"') + 14 :][:64]) for part in (data, other))
    with pytest.raises(NotVerified):
        snapshot.unpack(data.replace(mine, theirs))
