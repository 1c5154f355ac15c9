"""Which territories would leave it open who governs a place.

1. Precedence is unique among territories that overlap in place and time (the law of the decision).
2. Territories are closed: a point on a shared edge lies in both, so neighbours that touch need distinct
   precedence as well. The two sides of the antimeridian are one meridian, and a pole is one place.
3. Time overlaps where both are effective at one second at least, whenever that is: a rule set is not approved
   today on the condition that somebody remembers a date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import Point
from shapely.affinity import translate

from groundpass.kernel.core.errors import BadGeometry
from groundpass.kernel.core.intervals import ALWAYS, show_time
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE, TURN
from groundpass.kernel.territory.faults import at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from groundpass.kernel.core.state import Territory


def check_precedence(territories: Sequence[Territory]) -> None:
    """Raise BadGeometry that names two territories which overlap with one precedence, and a place in both."""
    shapes = [shapely.from_wkb(territory.wkb) for territory in territories]
    for first, second in _pairs(shapes):
        one, other = territories[first], territories[second]
        if one.precedence != other.precedence or not one.effective.overlaps(other.effective):
            continue
        place = _place_in_both(shapes[first], shapes[second])
        if place is not None:
            since = max(one.effective.start, other.effective.start)
            where = at((place.x, place.y))
            raise BadGeometry(
                f"The territories {one.id!r} and {other.id!r} overlap, both with precedence {one.precedence}",
                why=f"who governs {where} would be open"
                if since == ALWAYS
                else f"who governs {where} would be open from {show_time(since)}",
                todo="Import one of them again with another precedence; the higher one governs",
                place=(place.x, place.y),
            )


def _pairs(shapes: Sequence[shapely.Geometry]) -> Iterator[tuple[int, int]]:
    """Pairs that may share a place: their boxes do, or both reach the antimeridian or a pole."""
    found = {(int(a), int(b)) for a, b in shapely.STRtree(shapes).query(shapes).T if a < b}
    boxes = shapely.bounds(shapes).reshape(-1, 4)
    for reach in (
        (np.abs(boxes[:, 0]) == HALF_TURN) | (np.abs(boxes[:, 2]) == HALF_TURN),
        boxes[:, 3] == POLE,
        boxes[:, 1] == -POLE,
    ):
        there = np.flatnonzero(reach).tolist()
        found |= {(a, b) for a in there for b in there if a < b}
    yield from sorted(found)


def _place_in_both(one: shapely.Geometry, other: shapely.Geometry) -> Point | None:
    """A place that lies in both, within if there is one, else on their edges."""
    for turn in (0.0, TURN, -TURN):
        moved = translate(other, turn) if turn else other
        if shapely.intersects(one, moved):
            shared: Point = shapely.point_on_surface(shapely.intersection(one, moved))
            return shared
    for pole in (POLE, -POLE):
        if all(shape.bounds[3 if pole > 0 else 1] == pole for shape in (one, other)):
            return Point(0.0, pole)
    return None
