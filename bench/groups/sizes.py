"""Bytes of the feed's files against what information theory asks for.

A set of n keys of 64 bits cannot be told in fewer than log2(2^64 choose n) bits. Entries are alike here but
for their keys, so that keys are all there is to tell; files are taken before padding and sealing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import fields
import numpy as np
import ours
from settings import label

from groundpass.kernel.core.state import Entries

if TYPE_CHECKING:
    from measuring import Book
    from settings import Setting

WIDTH = 64  # bits of a key
CHURN = 0.01  # of the entries: half of it removed, half added
BYTE = 8


def limit(count: int) -> float:
    """Bits a key of a set of so many, at least: log2(2^64 choose n) / n for n far below 2^64."""
    return (count * WIDTH - math.lgamma(count + 1) / math.log(2)) / count


def measure(book: Book, setting: Setting, entries: int) -> None:
    """A snapshot, and the delta to one with 1 % of the entries changed."""
    name = label(entries)
    book.part = f"Files of the feed, {entries:,} entries"
    rng = np.random.default_rng(10)
    key = np.unique(rng.integers(1, 2**64, entries, dtype=np.uint64))
    half = int(len(key) * CHURN / 2)
    kept = np.delete(key, rng.choice(len(key), half, replace=False))
    new = np.unique(np.concatenate([kept, rng.integers(1, 2**64, half, dtype=np.uint64)]))
    bare = replace(setting.state(entries), territories=(), rules=())
    old, later = replace(bare, entries=_uniform(key)), replace(bare, entries=_uniform(new), serial=2)
    whole = ours.snapshot_size(old)
    delta = ours.delta_size(old, later)
    bits = whole * BYTE / len(key)
    book.figure(f"snapshot/{name}", f"snapshot, bits an entry (limit {limit(len(key)):.2f})", [bits], "bits")
    book.figure(f"delta/{name}", "delta of 1 % of the entries, bytes", [float(delta)], "bytes")
    varied = ours.snapshot_size(setting.state(entries)) / entries
    book.figure(f"varied/{name}", "snapshot with records of random dates, bytes an entry", [varied], "bytes")
    against = [bits / limit(len(key))]
    book.ratio(f"snapshot/{name}", "snapshot against the information limit", against, better="lower")
    book.ratio(f"delta/{name}", "1 % delta against the snapshot", [delta / whole], better="lower", unit="%")


def _uniform(key: np.ndarray) -> Entries:
    """Entries that differ in their keys alone."""
    count = len(key)
    return Entries(
        key,
        np.ones(count, np.uint16),
        np.full(count, fields.NOW - fields.DAY),
        np.full(count, fields.NOW + 365 * fields.DAY),
    )
