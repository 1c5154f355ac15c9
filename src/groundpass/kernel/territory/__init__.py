"""Polygons, H3 cells, the exact locator."""

from __future__ import annotations

from groundpass.kernel.territory.formats import read_border, read_geojson, read_territory
from groundpass.kernel.territory.geometry import Box, from_wkb, to_wkb
from groundpass.kernel.territory.locator import Locator, Placement
from groundpass.kernel.territory.shapes import area, cell_shape, circle, is_cell, place_of

__all__ = [
    "Box",
    "Locator",
    "Placement",
    "area",
    "cell_shape",
    "circle",
    "from_wkb",
    "is_cell",
    "place_of",
    "read_border",
    "read_geojson",
    "read_territory",
    "to_wkb",
]
