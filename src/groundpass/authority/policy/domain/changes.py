"""What changed between two versions of a territory: pure, on their geometry alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from groundpass.kernel.territory import area

SQUARE_KM: Final = 1e6  # m²
HECTARE: Final = 0.01  # km²: parts below it come from rounding more often than from a decision


@dataclass(frozen=True, slots=True)
class Change:
    """What was gained, lost or kept. Areas on the WGS84 ellipsoid.

    kind: "gained", "lost", "kept" · km2: all of it · parts: those of a hectare and more ·
    largest: km² of the largest part · place: (lon, lat) inside it, None where there is none.
    """

    kind: str
    shape: MultiPolygon
    km2: float
    parts: int
    largest: float
    place: tuple[float, float] | None


def changes(before: shapely.Geometry, after: shapely.Geometry) -> tuple[Change, Change, Change]:
    """What was gained, lost and kept from one shape to another."""
    return (
        _change("gained", shapely.difference(after, before)),
        _change("lost", shapely.difference(before, after)),
        _change("kept", shapely.intersection(before, after)),
    )


def km2(shape: shapely.Geometry) -> float:
    """Area in km² on the WGS84 ellipsoid."""
    return float(area(shape)) / SQUARE_KM


def _change(kind: str, shape: shapely.Geometry) -> Change:
    pieces = shapely.get_parts(shapely.get_parts(shape))
    parts = [part for part in pieces if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return Change(kind, MultiPolygon(), 0.0, 0, 0.0, None)
    areas = area(np.array(parts, np.object_)) / SQUARE_KM
    inside = parts[int(np.argmax(areas))].representative_point()
    return Change(
        kind,
        MultiPolygon(parts),
        float(areas.sum()),
        int(np.count_nonzero(areas >= HECTARE)),
        float(areas.max()),
        (inside.x, inside.y),
    )
