"""A two-level grid over up to 64 layers of polygons: build it, locate points in it.

A cell holds the id of its layer mask when no edge touches it; otherwise it is divided once more, 16 x 16,
and a small cell holds a mask id, or the few edges that touch it and the mask at its lower left corner
(`crossing.py`).

`cells`: int32[ny·nx], ≥ 0 a mask id, < 0 is -(1 + index of the block of small cells)
`small`: int32[blocks·256], ≥ 0 a mask id, < 0 is -(1 + 4·number of a line + kind): LIST, SINGLE or WEDGE
`lines`: float64[k, 8], one cache line each. A LIST: mask of the corner (as its 64 bits), x of the corner,
number of edges, then five numbers an edge, over as many lines as it takes. One edge, or two of one layer that
meet in a vertex, are nearly all cells: they are one line (`crossing.py`).
`masks`: uint64[m], masks[0] = 0; `slots`: int32, an open-addressed table mask → id.
Cells are widened by a millionth of their size when edges are given to them: a point that rounding puts into
the next cell still finds every edge on its path.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from groundpass.kernel.compiled.crossing import (
    HERE,
    LEFT,
    NONE,
    ONE,
    RECORD,
    SECOND,
    TURNS_LEFT,
    corner_flips,
    cross_single,
    cross_wedge,
    stamp_codes,
    walk,
)
from groundpass.kernel.compiled.orientation import is_left, orientation

SMALL: Final = 16  # small cells a side
BLOCK: Final = 256  # rows a pass
MARGIN: Final = 1e-6  # of a cell's size
CLOSE: Final = 1e-4  # of a small cell's size: much more than MARGIN
MIX: Final = np.uint64(0x9E3779B97F4A7C15)
TWO: Final = np.uint64(2)
LINE: Final = np.uint64(8)  # float64 a cache line
LIST: Final = 0
SINGLE: Final = 1
WEDGE: Final = 2
MARKED: Final = 1 << 16  # in a mark: the line is a SINGLE or a WEDGE
LAYER_AT: Final = 8  # in a mark: where its layer stands, above the codes of its edges
UNKNOWN: Final = -1  # a mask that no cell has: the point lies on edges of layers that never overlap


@njit(cache=True)
def corner_masks(
    edges: np.ndarray, layer: np.ndarray, x0: float, y0: float, dx: float, dy: float, nx: int, ny: int
) -> np.ndarray:
    """Mask at the lower left corner of every cell: uint64[ny, nx], by one sweep along each row of corners."""
    toggles = np.zeros((ny, nx + 1), np.uint64)
    for k in range(len(edges)):
        ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        first = max(0, int(np.floor((min(ay, by) - y0) / dy)) - 1)
        last = min(ny - 1, int(np.floor((max(ay, by) - y0) / dy)) + 1)
        upward = by > ay
        for row in range(first, last + 1):
            y = y0 + row * dy
            if (ay <= y) == (by <= y):
                continue
            guess = ax + (bx - ax) * ((y - ay) / (by - ay))
            column = min(max(int(np.floor((guess - x0) / dx)) - 1, 0), nx)
            while column > 0 and is_left(ax, ay, bx, by, x0 + (column - 1) * dx, y) != upward:
                column -= 1
            while column < nx and is_left(ax, ay, bx, by, x0 + column * dx, y) == upward:
                column += 1
            toggles[row, column] ^= ONE << np.uint64(layer[k])
    masks = np.zeros((ny, nx), np.uint64)
    for row in range(ny):
        mask = NONE
        for column in range(nx):
            mask ^= toggles[row, column]
            masks[row, column] = mask
    return masks


@njit(cache=True)
def spread(
    edges: np.ndarray,
    x0: float,
    y0: float,
    dx: float,
    dy: float,
    nx: int,
    ny: int,
    counts: np.ndarray,
    starts: np.ndarray,
    members: np.ndarray,
) -> int:
    """Give every edge to the cells that it touches; an empty `members` only counts.

    Returns the number given.
    """
    total = 0
    wide_x = dx * MARGIN
    wide_y = dy * MARGIN
    for k in range(len(edges)):
        ax, ay, bx, by = edges[k, 0], edges[k, 1], edges[k, 2], edges[k, 3]
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        first = max(0, int(np.floor((ay - wide_y - y0) / dy)))
        last = min(ny - 1, int(np.floor((by + wide_y - y0) / dy)))
        for row in range(first, last + 1):
            left, right = ax, bx
            if by > ay:
                below = min(max((y0 + row * dy - wide_y - ay) / (by - ay), 0.0), 1.0)
                above = min(max((y0 + (row + 1) * dy + wide_y - ay) / (by - ay), 0.0), 1.0)
                left, right = ax + (bx - ax) * below, ax + (bx - ax) * above
            if left > right:
                left, right = right, left
            start = max(0, int(np.floor((left - wide_x - x0) / dx)))
            end = min(nx - 1, int(np.floor((right + wide_x - x0) / dx)))
            for column in range(start, end + 1):
                cell = row * nx + column
                if len(members):
                    members[starts[cell] + counts[cell]] = k
                counts[cell] += 1
                total += 1
    return total


@njit(cache=True)
def divide(
    edges: np.ndarray,
    layer: np.ndarray,
    members: np.ndarray,
    starts: np.ndarray,
    mixed: np.ndarray,
    masks: np.ndarray,
    x0: float,
    y0: float,
    dx: float,
    dy: float,
    most_edges: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Divide each mixed cell into small ones; lists of up to `most_edges` may be a SINGLE or a WEDGE.

    Returns small int32[blocks, 256] (0 where only the mask counts), their corner masks uint64[blocks, 256],
    lines, and a mark int32 for each line: MARKED, layer and codes of a SINGLE or a WEDGE, whose word is to be
    written when masks have ids.
    """
    small = np.zeros((len(mixed), SMALL * SMALL), np.int32)
    small_masks = np.zeros((len(mixed), SMALL * SMALL), np.uint64)
    lines = np.zeros((4096, 8))
    marks = np.zeros(4096, np.int32)
    used = 0
    nothing = np.empty(0, np.int64)
    nx = masks.shape[1]
    for block in range(len(mixed)):
        cell = mixed[block]
        cx = x0 + (cell % nx) * dx
        cy = y0 + (cell // nx) * dy
        here = members[starts[cell] : starts[cell + 1]]
        own = np.empty((len(here), RECORD))
        own[:, :4] = edges[here, :4]
        own_layer = layer[here]
        stamp_codes(own, own_layer, 0, len(own), cx, cy)
        counts = np.zeros(SMALL * SMALL, np.int64)
        total = spread(own, cx, cy, dx / SMALL, dy / SMALL, SMALL, SMALL, counts, nothing, nothing)
        begins = np.zeros(SMALL * SMALL + 1, np.int64)
        begins[1:] = np.cumsum(counts)
        inner = np.empty(total, np.int64)
        counts[:] = 0
        if total:
            spread(own, cx, cy, dx / SMALL, dy / SMALL, SMALL, SMALL, counts, begins, inner)
        while used + total + SMALL * SMALL > len(lines):
            lines = np.concatenate((lines, np.zeros_like(lines)))
            marks = np.concatenate((marks, np.zeros_like(marks)))
        for place in range(SMALL * SMALL):
            sx = cx + (place % SMALL) * (dx / SMALL)
            sy = cy + (place // SMALL) * (dy / SMALL)
            mask = masks[cell // nx, cell % nx] ^ corner_flips(own, 0, len(own), cx, sx, sy)
            small_masks[block, place] = mask
            if counts[place]:
                chosen = inner[begins[place] : begins[place + 1]]
                kind, one, two = _kind_of(own, own_layer, chosen)
                if kind != LIST and (
                    kind > most_edges
                    or _ends_within(own[chosen[one]], kind, 0, sx, sy, dx / SMALL, dy / SMALL)
                    or _ends_within(own[chosen[two]], kind, 2, sx, sy, dx / SMALL, dy / SMALL)
                ):
                    kind = LIST
                small[block, place] = -(1 + used * 4 + kind)
                if kind == LIST:
                    used += _write_list(lines, used, own, own_layer, chosen, mask, sx, sy)
                else:
                    marks[used] = (
                        _write_line(lines, used, own[chosen[one]], own[chosen[two]], kind, mask, sx, sy)
                        | np.int32(own_layer[chosen[0]]) << LAYER_AT
                    )
                    used += 1
    return small, small_masks, lines[:used].copy(), marks[:used].copy()


@njit(cache=True)
def _kind_of(own: np.ndarray, own_layer: np.ndarray, chosen: np.ndarray) -> tuple[int, int, int]:
    """What the edges of a small cell make, and which of them comes first and second."""
    if len(chosen) == 1:
        return SINGLE, 0, 0
    if len(chosen) == 2 and own_layer[chosen[0]] == own_layer[chosen[1]]:
        e, f = own[chosen[0]], own[chosen[1]]
        if e[2] == f[0] and e[3] == f[1]:
            return WEDGE, 0, 1
        if f[2] == e[0] and f[3] == e[1]:
            return WEDGE, 1, 0
    return LIST, 0, 0


@njit(cache=True)
def _ends_within(
    edge: np.ndarray, kind: int, end: int, sx: float, sy: float, wide: float, high: float
) -> bool:
    """Whether an outer end of an edge lies in or close to a small cell: then its side does not tell enough.

    end: 0 the first, 2 the last end of the whole; a single edge is asked for both.
    """
    for at in range(0, 4, 2):
        if kind == WEDGE and at != end:
            continue
        x, y = edge[at], edge[at + 1]
        if sx - wide * CLOSE <= x <= sx + wide * (1 + CLOSE) and sy - high * CLOSE <= y <= sy + high * (
            1 + CLOSE
        ):
            return True
    return False


@njit(cache=True)
def _write_line(
    lines: np.ndarray,
    used: int,
    one: np.ndarray,
    two: np.ndarray,
    kind: int,
    mask: np.uint64,
    sx: float,
    sy: float,
) -> int:
    """Write the line of a SINGLE or a WEDGE, with the corner's mask where its word will be; give its mark."""
    records = np.empty((2, RECORD))
    records[0], records[1] = one, two
    stamp_codes(records, np.zeros(2, np.uint8), 0, 2, sx, sy)
    line = lines[used]
    line.view(np.uint64)[0] = mask
    line[1] = sx
    line[2:6] = one[:4]
    code = np.int64(records[0, 4]) & 3
    left = (code & LEFT) != 0
    if kind == WEDGE:
        line[6:8] = two[2:4]
        other = np.int64(records[1, 4]) & 3
        code |= other << SECOND
        turns = orientation(one[0], one[1], one[2], one[3], two[2], two[3]) > 0
        right = (other & LEFT) != 0
        left = (left and right) if turns else (left or right)
        if turns:
            code |= TURNS_LEFT
    if left:
        code |= HERE
    return MARKED | int(code)


@njit(cache=True)
def _write_list(
    lines: np.ndarray,
    line: int,
    own: np.ndarray,
    own_layer: np.ndarray,
    chosen: np.ndarray,
    mask: np.uint64,
    cx: float,
    cy: float,
) -> int:
    """Write a list of edges from a line on; returns how many lines it takes."""
    records = np.empty((len(chosen), RECORD))
    records[:] = own[chosen]
    stamp_codes(records, own_layer[chosen], 0, len(records), cx, cy)
    flat = lines.reshape(-1)
    head = line * 8
    flat.view(np.uint64)[head] = mask
    flat[head + 1] = cx
    flat[head + 2] = len(chosen)
    flat[head + 3 : head + 3 + RECORD * len(chosen)] = records.reshape(-1)
    return (3 + RECORD * len(chosen) + 7) // 8


@njit(cache=True, inline="always")
def find_mask(masks: np.ndarray, slots: np.ndarray, mask: np.uint64) -> int:
    """Id of a mask, or UNKNOWN."""
    wrap = np.uint64(len(slots) - 1)
    place = ((mask * MIX) >> np.uint64(40)) & wrap
    while True:
        found = slots[place]
        if found < 0:
            return UNKNOWN
        if masks[np.uint64(found)] == mask:
            return int(found)
        place = (place + ONE) & wrap


@njit(cache=True, nogil=True)
def locate_block(
    lon: np.ndarray,
    lat: np.ndarray,
    out: np.ndarray,
    frame: np.ndarray,
    cells: np.ndarray,
    small: np.ndarray,
    lines: np.ndarray,
    masks: np.ndarray,
    slots: np.ndarray,
) -> None:
    """Mask id of each point, written to `out` (int32[n]); 0 outside the grid and for NaN, UNKNOWN see above.

    `frame`: x0, y0, 1/dx, 1/dy, nx, ny. Three passes a block of rows: cells, small cells, edges.
    """
    x0, y0, per_x, per_y, wide, high = frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]
    nx = np.int64(wide)
    flat = lines.reshape(-1)
    bits = flat.view(np.uint64)
    rows = np.empty(BLOCK, np.uint32)
    places = np.empty(BLOCK, np.uint32)
    deep = np.empty((3, BLOCK), np.uint32)
    heads = np.empty((3, BLOCK), np.uint32)
    for base in range(0, len(lon), BLOCK):
        waiting = 0
        for row in range(base, min(base + BLOCK, len(lon))):
            fx = (lon[row] - x0) * per_x
            fy = (lat[row] - y0) * per_y
            inside = (fx >= 0.0) & (fx < wide) & (fy >= 0.0) & (fy < high)
            i = np.int64(fx) if inside else 0
            j = np.int64(fy) if inside else 0
            found = cells[np.uint64(j * nx + i)] if inside else np.int32(0)
            out[row] = found
            fine_x = min(int((fx - i) * SMALL), SMALL - 1) if inside else 0
            fine_y = min(int((fy - j) * SMALL), SMALL - 1) if inside else 0
            rows[waiting] = row - base
            places[waiting] = (-found - 1) * (SMALL * SMALL) + fine_y * SMALL + fine_x
            waiting += 1 if found < 0 else 0
        lists = 0
        singles = 0
        wedges = 0
        for k in range(waiting):
            found = small[np.uint64(places[k])]
            row = rows[k]
            out[base + row] = found
            code = -found - 1
            kind = code & 3
            edged = found < 0
            deep[LIST, lists] = row
            heads[LIST, lists] = code >> 2
            lists += 1 if edged & (kind == LIST) else 0
            deep[SINGLE, singles] = row
            heads[SINGLE, singles] = code >> 2
            singles += 1 if edged & (kind == SINGLE) else 0
            deep[WEDGE, wedges] = row
            heads[WEDGE, wedges] = code >> 2
            wedges += 1 if edged & (kind == WEDGE) else 0
        for k in range(singles):
            row = base + deep[SINGLE, k]
            out[row] = cross_single(flat, bits, np.uint64(heads[SINGLE, k]) * LINE, lon[row], lat[row])
        for k in range(wedges):
            row = base + deep[WEDGE, k]
            out[row] = cross_wedge(flat, bits, np.uint64(heads[WEDGE, k]) * LINE, lon[row], lat[row])
        for k in range(lists):
            row = base + deep[LIST, k]
            head = np.uint64(heads[LIST, k]) * LINE
            mask = walk(flat, head + 3, int(flat[head + TWO]), bits[head], flat[head + 1], lon[row], lat[row])
            out[row] = find_mask(masks, slots, mask)
