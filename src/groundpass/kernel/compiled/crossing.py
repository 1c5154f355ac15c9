"""Layers at a point from layers at a corner: how many edges of each layer an L-shaped path crosses.

The path leaves the corner (cx, cy) along x = cx to the bend (cx, py), then along y = py to the point. Both
ends, the bend and the edges' ends are compared under the perturbation of `orientation.is_left`, so a
crossing is never counted twice nor missed. A point on an edge belongs to that edge's layer: polygons are
closed.

An edge record is five float64: ax, ay, bx, by, code; code = layer·4 + 2·(corner is left of it) + 1·(its
ends lie on both sides of x = cx).
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
def walk(
    flat: np.ndarray, first: np.uint64, count: int, corner: np.uint64, cx: float, px: float, py: float
) -> np.uint64:
    """Layers at (px, py), given the layers at the corner and `count` edge records from `flat[first]` on.

    Both orientations of an edge are computed without a branch; only within their error bound does the
    exact arithmetic run, and the test whether the point lies on the edge.
    """
    flips = NONE
    on = NONE
    at = first
    for _ in range(count):
        ax, ay, bx, by = flat[at], flat[at + ONE], flat[at + TWO], flat[at + THREE]
        code = np.int64(flat[at + FOUR])
        at += FIVE
        bit = ONE << np.uint64(code >> 2)
        p_one = (ax - px) * (by - py)
        p_two = (ay - py) * (bx - px)
        b_one = (ax - cx) * (by - py)
        b_two = (ay - py) * (bx - cx)
        p_sure = abs(p_one - p_two) > BOUND * (abs(p_one) + abs(p_two)) + TINY
        b_sure = abs(b_one - b_two) > BOUND * (abs(b_one) + abs(b_two)) + TINY
        point_left = p_one > p_two
        bend_left = b_one > b_two
        if not (p_sure & b_sure):
            point_left = is_left(ax, ay, bx, by, px, py)
            bend_left = is_left(ax, ay, bx, by, cx, py)
            within = (min(ax, bx) <= px) & (px <= max(ax, bx)) & (min(ay, by) <= py) & (py <= max(ay, by))
            if within and orientation(ax, ay, bx, by, px, py) == 0:
                on |= bit
        crosses_row = (ay <= py) != (by <= py)
        flip = (crosses_row & (point_left != bend_left)) ^ (
            ((code & 1) != 0) & (((code & 2) != 0) != bend_left)
        )
        flips ^= bit * np.uint64(flip)
    return (corner ^ flips) | on


@njit(cache=True, inline="always")
def cross_one(flat: np.ndarray, head: np.uint64, pairs: np.ndarray, px: float, py: float) -> np.int32:
    """Mask id at (px, py) in a cell that one edge touches: of the two ids at the list's head, the point's.

    The first id holds where the path does not cross the edge, the second where it does.
    """
    cx = flat[head + ONE]
    at = head + THREE
    ax, ay, bx, by = flat[at], flat[at + ONE], flat[at + TWO], flat[at + THREE]
    code = np.int64(flat[at + FOUR])
    p_one = (ax - px) * (by - py)
    p_two = (ay - py) * (bx - px)
    b_one = (ax - cx) * (by - py)
    b_two = (ay - py) * (bx - cx)
    p_sure = abs(p_one - p_two) > BOUND * (abs(p_one) + abs(p_two)) + TINY
    b_sure = abs(b_one - b_two) > BOUND * (abs(b_one) + abs(b_two)) + TINY
    point_left = p_one > p_two
    bend_left = b_one > b_two
    on = False
    if not (p_sure & b_sure):
        point_left = is_left(ax, ay, bx, by, px, py)
        bend_left = is_left(ax, ay, bx, by, cx, py)
        within = (min(ax, bx) <= px) & (px <= max(ax, bx)) & (min(ay, by) <= py) & (py <= max(ay, by))
        on = within and orientation(ax, ay, bx, by, px, py) == 0
    flip = (((ay <= py) != (by <= py)) & (point_left != bend_left)) ^ (
        ((code & 1) != 0) & (((code & 2) != 0) != bend_left)
    )
    if on:
        flip = (code & 4) == 0
    return np.int32(pairs[head * TWO + np.uint64(flip)])
