"""The entry table finds every entry, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from groundpass.kernel.core.state import Entries
from groundpass.kernel.engine.entries import EntryTable


def entries(count: int, seed: int = 1) -> Entries:
    rng = np.random.default_rng(seed)
    key = np.unique(rng.integers(1, 2**64, count, dtype=np.uint64))
    start = rng.integers(-1000, 1000, len(key))
    return Entries(
        key, rng.integers(1, 9, len(key)).astype(np.uint16), start, start + rng.integers(1, 99, len(key))
    )


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 1000, 100_000])
def test_every_entry_is_found_with_its_record(count):
    listed = entries(count)
    table = EntryTable.build(listed)
    slot = table.find(listed.key)
    record = table.slots[slot]
    assert np.array_equal(record[:, 0], listed.key)
    assert np.array_equal(record[:, 1].view(np.int64), listed.valid_from)
    assert np.array_equal(record[:, 2].view(np.int64), listed.valid_until)
    assert np.array_equal(record[:, 3], listed.profile)


def test_what_is_not_listed_is_not_found_and_no_key_is_no_terminal():
    listed = entries(10_000)
    strangers = np.setdiff1d(entries(10_000, seed=2).key, listed.key)
    table = EntryTable.build(listed)
    assert np.all(table.find(strangers) == -1)
    assert table.find(np.zeros(3, np.uint64)).tolist() == [-1, -1, -1]
    assert table.find(listed.key ^ np.uint64(1)).max() == -1


def test_keys_that_do_not_spread_are_found_too():
    key = np.arange(1, 5001, dtype=np.uint64)
    whole = np.zeros(len(key), np.int64)
    table = EntryTable.build(Entries(key, np.ones(len(key), np.uint16), whole, whole + 1))
    assert np.array_equal(table.slots[table.find(key), 0], key)


def test_a_terminal_takes_at_most_thirty_seven_bytes():
    assert EntryTable.build(entries(200_000)).nbytes / 200_000 <= 37
