"""Terminal ids in the real form, invented and distinct: `ut` and three words of eight hexadecimal digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_HEX: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_OLDER: Final = 0.7  # share of the older form, 01000000-00000000-00xxxxxx
_WIDTH: Final = 28  # "ut" + 8 + "-" + 8 + "-" + 8


def utids(count: int, rng: np.random.Generator) -> npt.NDArray[np.bytes_]:
    """Invent `count` distinct UTIDs, S28[count].

    The last word is a permutation of the row number, so two ids never meet.
    """
    number = _scatter(np.arange(count, dtype=np.uint32), int(rng.integers(1, 2**32)))
    older = (rng.random(count) < _OLDER) & (number < 2**24)
    first = np.where(older, 0x01000000, 0x00020900 + rng.integers(0, 64, count)).astype(np.uint32)
    second = np.where(older, 0, rng.integers(0, 2**32, count)).astype(np.uint32)
    text = np.full((count, _WIDTH), ord("-"), np.uint8)
    text[:, 0], text[:, 1] = ord("u"), ord("t")
    for place, word in ((2, first), (11, second), (20, number)):
        text[:, place : place + 8] = _digits(word)
    return text.view(f"S{_WIDTH}").ravel()


def _scatter(number: npt.NDArray[np.uint32], seed: int) -> npt.NDArray[np.uint32]:
    """Permute: rows below 2^24 stay below it (so that the older form can hold them), others anywhere else."""
    low = number < 2**24
    mixed = (number * np.uint32(0x9E3779B1 | 1) + np.uint32(seed)) & np.uint32(0xFFFFFF)
    return np.where(low, mixed, number).astype(np.uint32)


def _digits(word: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """Eight hexadecimal digits of each word, uint8[n, 8]."""
    nibbles = (word[:, None] >> np.arange(28, -1, -4, dtype=np.uint32)) & np.uint32(15)
    return np.take(_HEX, nibbles)
