"""Layers at a point from layers at a corner: how many edges of each layer an L-shaped path crosses.

The path leaves the corner (cx, cy) along x = cx to the bend (cx, py), then along y = py to the point. Both
ends, the bend and the edges' ends are compared under the perturbation of `orientation.is_left`, so a
crossing is never counted twice nor missed. A point on an edge belongs to that edge's layer: polygons are
closed.

An edge record is five float64: ax, ay, bx, by, code; code = layer·4 + 2·(corner is left of it) + 1·(its
ends lie on both sides of x = cx).

A cell that one edge passes through, or two of one layer that meet in a vertex there, has a line of its own
instead, 64 bytes: a word, cx, and the two or three vertices. Such edges part the cell in two, and which
part a point is in is told by the sides of the edges alone: left of a → b; or, where b → c turns left, left
of both, and else left of either. The word is, from its low bits: the id of the mask on the other part (16
bits), of that on this one (16), then the two low bits of each edge's code (2 + 2), TURNS_LEFT, HERE where
the corner is in this part, and HOLDS where the layer does. An id of NO_ID stands for a mask that no cell
has. Only within the error bound of a side does the path decide, exactly.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from groundpass.kernel.compiled.orientation import BOUND, TINY, is_left, orientation

RECORD: Final = 5
ONE: Final = np.uint64(1)
NONE: Final = np.uint64(0)
TWO: Final = np.uint64(2)
THREE: Final = np.uint64(3)
FOUR: Final = np.uint64(4)
FIVE: Final = np.uint64(5)
SIX: Final = np.uint64(6)
SEVEN: Final = np.uint64(7)
ID_BITS: Final = np.uint64(16)
CODE_AT: Final = np.uint64(32)
NO_ID: Final = 0xFFFF
SPANS: Final = 1
LEFT: Final = 2
SECOND: Final = 2  # bits by which the second edge's code is shifted
TURNS_LEFT: Final = 16
HERE: Final = 32
HOLDS: Final = 64


@njit(cache=True)
def stamp_codes(edges: np.ndarray, layer: np.ndarray, start: int, end: int, cx: float, cy: float) -> None:
    """Write the codes of the edges `start:end` for the corner (cx, cy)."""
    for k in range(start, end):
        ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        code = np.int64(layer[k]) * 4
        if (ax <= cx) != (bx <= cx):
            code += 1
        if is_left(ax, ay, bx, by, cx, cy):
            code += 2
        edges[k, 4] = code


@njit(cache=True)
def corner_flips(edges: np.ndarray, start: int, end: int, cx: float, px: float, py: float) -> np.uint64:
    """Layers that change between the corner at x = cx and a perturbed point: for corners of finer cells."""
    flips = NONE
    for k in range(start, end):
        ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        code = np.int64(edges[k, 4])
        bend_left = is_left(ax, ay, bx, by, cx, py)
        flip = ((code & 1) != 0) & (((code & 2) != 0) != bend_left)
        if (ay <= py) != (by <= py):
            flip ^= is_left(ax, ay, bx, by, px, py) != bend_left
        if flip:
            flips ^= ONE << np.uint64(code >> 2)
    return flips


@njit(cache=True, inline="always")
def edge_flip(
    ax: float, ay: float, bx: float, by: float, code: np.int64, cx: float, px: float, py: float
) -> tuple[bool, bool]:
    """Whether the path crosses an edge oddly often, and whether floats are sure of it; no branch."""
    p_one = (ax - px) * (by - py)
    p_two = (ay - py) * (bx - px)
    b_one = (ax - cx) * (by - py)
    b_two = (ay - py) * (bx - cx)
    p_sure = abs(p_one - p_two) > BOUND * (abs(p_one) + abs(p_two)) + TINY
    b_sure = abs(b_one - b_two) > BOUND * (abs(b_one) + abs(b_two)) + TINY
    bend_left = b_one > b_two
    crosses_row = (ay <= py) != (by <= py)
    flip = (crosses_row & ((p_one > p_two) != bend_left)) ^ (
        ((code & SPANS) != 0) & (((code & LEFT) != 0) != bend_left)
    )
    return flip, p_sure & b_sure


@njit(cache=True)
def edge_flip_exactly(
    ax: float, ay: float, bx: float, by: float, code: np.int64, cx: float, px: float, py: float
) -> tuple[bool, bool]:
    """The same without rounding, and whether the point lies on the edge."""
    bend_left = is_left(ax, ay, bx, by, cx, py)
    flip = ((code & SPANS) != 0) & (((code & LEFT) != 0) != bend_left)
    if (ay <= py) != (by <= py):
        flip ^= is_left(ax, ay, bx, by, px, py) != bend_left
    within = (min(ax, bx) <= px) & (px <= max(ax, bx)) & (min(ay, by) <= py) & (py <= max(ay, by))
    return flip, within and orientation(ax, ay, bx, by, px, py) == 0


@njit(cache=True, inline="always")
def walk(
    flat: np.ndarray, first: np.uint64, count: int, corner: np.uint64, cx: float, px: float, py: float
) -> np.uint64:
    """Layers at (px, py), given the layers at the corner and `count` edge records from `flat[first]` on."""
    flips = NONE
    on = NONE
    at = first
    for _ in range(count):
        ax, ay, bx, by = flat[at], flat[at + ONE], flat[at + TWO], flat[at + THREE]
        code = np.int64(flat[at + FOUR])
        at += FIVE
        bit = ONE << np.uint64(code >> 2)
        flip, sure = edge_flip(ax, ay, bx, by, code, cx, px, py)
        if not sure:
            flip, touches = edge_flip_exactly(ax, ay, bx, by, code, cx, px, py)
            if touches:
                on |= bit
        flips ^= bit * np.uint64(flip)
    return (corner ^ flips) | on


@njit(cache=True, inline="always")
def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> tuple[bool, bool]:
    """Whether p lies left of a → b, and whether floats are sure of it; no branch."""
    one = (ax - px) * (by - py)
    two = (ay - py) * (bx - px)
    return one > two, abs(one - two) > BOUND * (abs(one) + abs(two)) + TINY


@njit(cache=True, inline="always")
def id_of(word: np.uint64, here: int) -> np.int32:
    """The mask id of a word in this part of the cell, or in the other one."""
    found = np.int32((word >> (ID_BITS * np.uint64(here))) & np.uint64(NO_ID))
    return np.int32(-1) if found == NO_ID else found


@njit(cache=True)
def part_exactly(flat: np.ndarray, head: np.uint64, edges: int, code: np.int64, px: float, py: float) -> bool:
    """In which part of the cell a point is, by the path; on an edge, the part where its layer holds."""
    cx = flat[head + ONE]
    here = (code & HERE) != 0
    for number in range(edges):
        at = head + TWO + TWO * np.uint64(number)
        flip, on = edge_flip_exactly(
            flat[at], flat[at + ONE], flat[at + TWO], flat[at + THREE], code >> (SECOND * number), cx, px, py
        )
        if on:
            return bool(code & HOLDS)
        here ^= flip
    return bool(here)


@njit(cache=True, inline="always")
def cross_single(flat: np.ndarray, bits: np.ndarray, head: np.uint64, px: float, py: float) -> np.int32:
    """Mask id at (px, py) in a cell that one edge passes through."""
    word = bits[head]
    here, sure = side(flat[head + TWO], flat[head + THREE], flat[head + FOUR], flat[head + FIVE], px, py)
    if not sure:
        here = part_exactly(flat, head, 1, np.int64(word >> CODE_AT), px, py)
    return id_of(word, here)


@njit(cache=True, inline="always")
def cross_wedge(flat: np.ndarray, bits: np.ndarray, head: np.uint64, px: float, py: float) -> np.int32:
    """Mask id at (px, py) in a cell that a → b and b → c part, of one layer."""
    word = bits[head]
    bx, by = flat[head + FOUR], flat[head + FIVE]
    one, sure_1 = side(flat[head + TWO], flat[head + THREE], bx, by, px, py)
    two, sure_2 = side(bx, by, flat[head + SIX], flat[head + SEVEN], px, py)
    code = np.int64(word >> CODE_AT)
    turns = (code & TURNS_LEFT) != 0
    here = (one & two) | ((not turns) & (one | two))
    if not (sure_1 & sure_2):
        here = part_exactly(flat, head, 2, code, px, py)
    return id_of(word, here)
