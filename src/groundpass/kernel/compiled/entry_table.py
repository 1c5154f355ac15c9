"""A perfect hash from 64-bit entry keys to slots: one pilot and one cache line a look-up, exact.

After PTHash (Pibiri and Trani, SIGIR 2021): keys fall into buckets; each bucket has a pilot, a 16-bit
number found at build time, with which all its keys hash to slots of their own. The full key stands in the
slot and is compared, so a key that is not listed is never taken for one that is.

`pilots`: uint16[buckets] · `slots`: uint64[slots, 4] = key, valid_from, valid_until (int64 bits), profile;
key 0 is an empty slot. Keys are outputs of AES, so no attacker chooses them; the seed is drawn anew for
each build all the same.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

KEYS_A_BUCKET: Final = 3
LOAD: Final = 0.95  # of the slots taken: 34.4 bytes a terminal
MAX_PILOT: Final = 1 << 16
MOST_IN_BUCKET: Final = 1024  # keys that spread never come near it
BLOCK: Final = 256  # rows a pass
MIX: Final = np.uint64(0x9E3779B97F4A7C15)
STIR: Final = np.uint64(0xBF58476D1CE4E5B9)
HALF: Final = np.uint64(32)
ONE: Final = np.uint64(1)
ZERO: Final = np.uint64(0)
MISS: Final = -1


@njit(cache=True, inline="always")
def bucket_of(key: np.uint64, seed: np.uint64, buckets: np.uint64) -> np.uint64:
    """Bucket of a key: the high half of a product, scaled without a division (Lemire 2019)."""
    return ((((key ^ seed) * MIX) >> HALF) * buckets) >> HALF


@njit(cache=True, inline="always")
def slot_of(key: np.uint64, seed: np.uint64, pilot: np.uint64, slots: np.uint64) -> np.uint64:
    """Slot of a key under its bucket's pilot."""
    spread = (key ^ (seed + pilot * STIR)) * MIX
    mixed = (spread ^ (spread >> HALF)) * STIR
    return ((mixed >> HALF) * slots) >> HALF


@njit(cache=True)
def _by_bucket(keys: np.ndarray, seed: np.uint64, buckets: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts of the buckets, the keys' places bucket by bucket, and the buckets from the fullest on."""
    counts = np.zeros(buckets + 1, np.int32)
    for key in keys:
        counts[bucket_of(key, seed, np.uint64(buckets)) + ONE] += 1
    starts = np.cumsum(counts)
    members = np.empty(len(keys), np.int32)
    fill = starts.copy()
    for place in range(len(keys)):
        home = bucket_of(keys[place], seed, np.uint64(buckets))
        members[fill[home]] = place
        fill[home] += 1
    largest = counts.max()
    sizes = np.zeros(largest + 2, np.int64)
    for bucket in range(buckets):
        sizes[largest - counts[bucket + 1] + 1] += 1
    begins = np.cumsum(sizes)
    order = np.empty(buckets, np.int32)
    for bucket in range(buckets):
        rank = largest - counts[bucket + 1]
        order[begins[rank]] = bucket
        begins[rank] += 1
    return starts, members, order


@njit(cache=True)
def find_pilots(
    keys: np.ndarray, seed: np.uint64, pilots: np.ndarray, slot_count: int, placed: np.ndarray
) -> bool:
    """Find every bucket's pilot; writes `pilots`, and each key's slot to `placed`; False: another seed."""
    starts, members, order = _by_bucket(keys, seed, len(pilots))
    taken = np.zeros((slot_count >> 6) + 1, np.uint64)
    tried = np.empty(MOST_IN_BUCKET, np.int64)
    for bucket in order:
        first, last = starts[bucket], starts[bucket + 1]
        if first == last:
            break
        if last - first > len(tried):
            return False
        found = False
        for pilot in range(MAX_PILOT):
            free = True
            for k in range(last - first):
                slot = np.int64(
                    slot_of(keys[members[first + k]], seed, np.uint64(pilot), np.uint64(slot_count))
                )
                if taken[slot >> 6] >> np.uint64(slot & 63) & ONE:
                    free = False
                    break
                for other in range(k):
                    if tried[other] == slot:
                        free = False
                        break
                if not free:
                    break
                tried[k] = slot
            if free:
                for k in range(last - first):
                    slot = tried[k]
                    taken[slot >> 6] |= ONE << np.uint64(slot & 63)
                    placed[members[first + k]] = slot
                pilots[bucket] = pilot
                found = True
                break
        if not found:
            return False
    return True


@njit(cache=True, nogil=True)
def find_slots(
    keys: np.ndarray, seed: np.uint64, pilots: np.ndarray, slots: np.ndarray, out: np.ndarray
) -> None:
    """Slot of each key, or MISS, to `out` (int64[n]). No branch depends on a key."""
    buckets = np.uint64(len(pilots))
    slot_count = np.uint64(len(slots))
    hashed = np.empty(BLOCK, np.uint64)
    for base in range(0, len(keys), BLOCK):
        rows = min(BLOCK, len(keys) - base)
        here = keys[base : base + rows]
        found = out[base : base + rows]
        for row in range(rows):
            hashed[row] = bucket_of(here[row], seed, buckets)
        for row in range(rows):
            hashed[row] = np.uint64(pilots[hashed[row]])
        for row in range(rows):
            hashed[row] = slot_of(here[row], seed, hashed[row], slot_count)
        for row in range(rows):
            slot = hashed[row]
            hit = np.int64((slots[slot, ZERO] == here[row]) & (here[row] != ZERO))
            found[row] = (np.int64(slot) + 1) * hit - 1
