"""Which territories would leave it open who governs a place.

Precedence is unique among territories that overlap in place and time (the law of the decision). Territories
are closed: a point on a shared edge lies in both, so neighbours that touch need distinct precedence as well.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import shapely

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.kernel.core.state import Territory


def check_precedence(territories: Sequence[Territory]) -> None:
    """Raise BadInput that names both territories which overlap with one precedence."""
    shapes = {territory.id: shapely.from_wkb(territory.wkb) for territory in territories}
    for one, other in combinations(territories, 2):
        if one.precedence != other.precedence or not one.effective.overlaps(other.effective):
            continue
        if shapely.intersects(shapes[one.id], shapes[other.id]):
            raise BadInput(
                f"The territories {one.id!r} and {other.id!r} overlap, both with precedence {one.precedence}",
                why="who governs the places in both would be open",
                todo="Import one of them again with another precedence; the higher one governs",
            )
