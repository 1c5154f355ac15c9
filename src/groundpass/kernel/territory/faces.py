"""Who governs where, at one moment: overlap and precedence resolved into faces that share no inside.

1. The territory of highest precedence that contains a place governs it; of two with one precedence the first
   of the release, which is by id. (`policy` refuses such pairs; a release from elsewhere may have them.)
2. A face is a territory less all that rank above it. The faces together are the territories together.
3. Territories are closed: an edge between two faces is governed by the higher one. Faces are for maps, sums
   of areas and tests; a verdict comes from the territories themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely import MultiPolygon

from groundpass.kernel.core.state import Territory
from groundpass.kernel.territory.antimeridian import polygons_of
from groundpass.kernel.territory.geometry import from_wkb

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Face:
    """What a territory governs: `shape`, where nobody ranks above it."""

    territory: Territory
    shape: MultiPolygon


def faces(territories: Iterable[Territory], moment: int) -> list[Face]:
    """The faces of the territories that are effective at `moment` (UTC seconds), the highest first.

    A territory that governs nothing for want of place has none. Raises BadGeometry.
    """
    effective = [territory for territory in territories if territory.effective.contains(moment)]
    ranked = sorted(effective, key=lambda territory: (-territory.precedence, territory.id))
    taken: shapely.Geometry = MultiPolygon()
    found = []
    for territory in ranked:
        shape = from_wkb(territory.wkb)
        free = polygons_of(shapely.difference(shape, taken))
        if free:
            found.append(Face(territory, shapely.orient_polygons(MultiPolygon(free))))
        taken = shapely.union(taken, shape)
    return found
