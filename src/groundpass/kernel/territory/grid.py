"""The compiled locator: up to 64 polygons as layers of one grid of masks.

1. Territories are closed; a point's mask has the bit of every polygon that contains it. Exact everywhere
   but on ±180° and at the poles, which are not points of one place: the caller keeps those away.
2. Cells are chosen small enough that most small cells hold no edge or one (`compiled/grid.py`).
3. A point on edges of polygons that overlap nowhere has a mask that no cell has: it gets UNKNOWN, and the
   caller asks `locator.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from groundpass.kernel.compiled.crossing import HERE, HOLDS, NO_ID
from groundpass.kernel.compiled.grid import (
    LAYER_AT,
    LIST,
    MIX,
    UNKNOWN,
    WEDGE,
    corner_masks,
    divide,
    locate_block,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_LAYERS", "UNKNOWN", "LayerGrid"]

MAX_LAYERS: Final = 64  # bits of a mask
CELLS: Final = 250_000  # at most, about
LEAST_CELLS: Final = 1024
CELLS_AN_EDGE: Final = 16
RIM: Final = 0.01  # of a cell, around everything
LINE: Final = 8  # float64 a cache line
WORD: Final = 2**64 - 1
SHIFT: Final = 40  # as in `compiled/grid.py`

Masks = npt.NDArray[np.uint64]
Kinds = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LayerGrid:
    """The arrays of `compiled/grid.py`, in the order in which its functions take them."""

    frame: Floats
    cells: Kinds
    small: Kinds
    lines: Floats
    masks: Masks
    slots: Kinds

    @classmethod
    def build(cls, polygons: Sequence[shapely.Geometry]) -> LayerGrid:
        """Build the grid of polygons in degrees lon/lat. Raises ValueError for more than 64."""
        if len(polygons) > MAX_LAYERS:
            raise ValueError(f"{len(polygons)} polygons do not fit into {MAX_LAYERS} bits")
        edges, layer = _edges_of(polygons)
        if not len(edges):
            return _nothing()
        x0, y0, dx, dy, nx, ny = _frame_of(edges)
        corners = corner_masks(edges, layer, x0, y0, dx, dy, nx, ny)
        none = np.empty(0, np.int64)
        counts = np.zeros(nx * ny, np.int64)
        total = spread(edges, x0, y0, dx, dy, nx, ny, counts, none, none)
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        members = np.empty(total, np.int64)
        spread(edges, x0, y0, dx, dy, nx, ny, np.zeros_like(counts), starts, members)
        mixed = np.flatnonzero(counts)
        how = (edges, layer, members, starts, mixed, corners, x0, y0, dx, dy)
        small, fine, lines, marks = divide(*how, WEDGE)
        masks, which = np.unique(
            np.concatenate([np.zeros(1, np.uint64), corners.ravel(), fine.ravel()]), return_inverse=True
        )
        if len(masks) >= NO_ID:  # too many for the words of lone edges
            small, fine, lines, marks = divide(*how, LIST)
        cells = which[1 : 1 + nx * ny].copy()
        cells[mixed] = -1 - np.arange(len(mixed), dtype=np.int32)
        small = np.where(small < 0, small, which[1 + nx * ny :].reshape(small.shape)).astype(np.int32).ravel()
        lines = _aligned(lines)
        _write_words(lines, marks, masks)
        frame = np.array([x0, y0, 1 / dx, 1 / dy, nx, ny])
        return cls(frame, cells.astype(np.int32), small, lines, masks, _slots_of(masks))

    def locate(self, lon: Floats, lat: Floats) -> Kinds:
        """Id of the mask of each point, int32[n], or UNKNOWN."""
        found = np.empty(len(lon), np.int32)
        locate_block(lon, lat, found, *self.arrays())
        return found

    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """The arrays, for compiled functions."""
        return tuple(getattr(self, item.name) for item in fields(self))

    def members(self, count: int) -> npt.NDArray[np.bool_]:
        """What each mask means: bool[masks, count]."""
        bits = np.arange(count, dtype=np.uint64)
        return ((self.masks[:, None] >> bits[None, :]) & np.uint64(1)).astype(np.bool_)

    @property
    def nbytes(self) -> int:
        """Bytes in memory."""
        return sum(array.nbytes for array in self.arrays())


def _edges_of(polygons: Sequence[shapely.Geometry]) -> tuple[Floats, npt.NDArray[np.uint8]]:
    """Every edge of every ring: float64[m, 4], and its layer."""
    parts, layers = [np.empty((0, 4))], [np.empty(0, np.uint8)]
    for number, polygon in enumerate(polygons):
        rings, owner = shapely.get_coordinates(
            shapely.get_rings(shapely.get_parts(polygon)), return_index=True
        )
        pairs = np.concatenate([rings[:-1], rings[1:]], axis=1)[owner[1:] == owner[:-1]]
        pairs = pairs[(pairs[:, 0] != pairs[:, 2]) | (pairs[:, 1] != pairs[:, 3])]
        parts.append(pairs)
        layers.append(np.full(len(pairs), number, np.uint8))
    return np.ascontiguousarray(np.concatenate(parts)), np.concatenate(layers)


def _frame_of(edges: Floats) -> tuple[float, float, float, float, int, int]:
    """Corner, size and number of the cells."""
    west, south = edges[:, [0, 2]].min(), edges[:, [1, 3]].min()
    width, height = edges[:, [0, 2]].max() - west, edges[:, [1, 3]].max() - south
    cells = int(np.clip(CELLS_AN_EDGE * len(edges), LEAST_CELLS, CELLS))
    rows = int(np.clip(round(np.sqrt(cells * height / width)), 16, cells // 16))
    columns = max(16, cells // rows)
    edge_x, edge_y = width / columns * RIM, height / rows * RIM
    return (
        float(west - edge_x),
        float(south - edge_y),
        float((width + 2 * edge_x) / columns),
        float((height + 2 * edge_y) / rows),
        columns,
        rows,
    )


def _nothing() -> LayerGrid:
    """The grid of no polygons: every point has the mask 0."""
    masks = np.zeros(1, np.uint64)
    frame = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    empty = np.zeros(1, np.int32)
    return LayerGrid(frame, empty, empty, np.zeros((1, LINE)), masks, _slots_of(masks))


def _aligned(lines: Floats) -> Floats:
    """The same lines, each in one cache line."""
    room = np.zeros(lines.size + LINE)
    offset = (-room.ctypes.data // room.itemsize) % LINE
    placed = room[offset : offset + lines.size].reshape(-1, LINE)
    placed[:] = lines.reshape(-1, LINE)
    return placed


def _write_words(lines: Floats, marks: npt.NDArray[np.int32], masks: Masks) -> None:
    """Write the words of lone edges and wedges: the ids of both masks, codes, what holds where."""
    heads = np.flatnonzero(marks)
    words = lines.view(np.uint64)
    corner, mark = words[heads, 0].copy(), marks[heads].astype(np.uint64)
    layer = (mark >> np.uint64(LAYER_AT)) & np.uint64(MAX_LAYERS - 1)
    here = (mark & np.uint64(HERE)) != 0
    held = ((corner >> layer) & np.uint64(1)) != 0
    code = (mark & np.uint64(HOLDS - 1)) | np.where(held == here, np.uint64(HOLDS), np.uint64(0))
    turned = corner ^ (np.uint64(1) << layer)
    that, this = np.where(here, turned, corner), np.where(here, corner, turned)
    ids = [_ids_of(found, masks) for found in (that, this)]
    that, this = (np.where(found == UNKNOWN, NO_ID, found).astype(np.uint64) for found in ids)
    words[heads, 0] = that | this << np.uint64(16) | code << np.uint64(32)


def _ids_of(wanted: Masks, masks: Masks) -> Kinds:
    """Ids of masks among sorted ones, or UNKNOWN."""
    place = np.minimum(np.searchsorted(masks, wanted), len(masks) - 1)
    return np.where(masks[place] == wanted, place, UNKNOWN).astype(np.int32)


def _slots_of(masks: Masks) -> Kinds:
    """The table mask → id that `find_mask` reads."""
    size = 1 << int(4 * len(masks)).bit_length()
    slots = np.full(size, -1, np.int32)
    for number, mask in enumerate(masks.tolist()):
        place = (mask * int(MIX) & WORD) >> SHIFT & size - 1
        while slots[place] >= 0:
            place = place + 1 & size - 1
        slots[place] = number
    return slots
