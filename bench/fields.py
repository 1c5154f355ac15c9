"""What the benches run on: an invented release of any size, and position reports like those of a country.

Seeded, so that a run repeats. The border is the demo's (built by `make setup`); zones lie inside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import shape

from groundpass.kernel.core.intervals import NS, Interval
from groundpass.kernel.core.state import Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action
from groundpass.kernel.engine import Reports
from groundpass.kernel.territory import to_wkb

NOW = 1_790_000_000  # UTC s
BORDER = Path(__file__).parent.parent / "src/groundpass/doors/demo/built/ukraine.geojson"
PROFILES = (UNLISTED, "standard", "mobile", "air")
ZONES = 20
LISTED = 0.8  # of the reports
CORNERS = 600  # of a zone
EDGE = 0.001  # degrees: a point beside an edge lies about 100 m from it


@dataclass(frozen=True)
class Field:
    """Territories as shapes, the first of them the country."""

    shapes: tuple[shapely.Geometry, ...]

    @property
    def corners(self) -> np.ndarray:
        """Every vertex of every territory."""
        return shapely.get_coordinates(self.shapes)


def field(zones: int = ZONES) -> Field:
    """The country and irregular zones in it."""
    written = json.loads(BORDER.read_text("utf-8"))
    country = shape((written["features"][0] if "features" in written else written)["geometry"])
    rng = np.random.default_rng(1)
    shapes = [country]
    for _ in range(zones):
        x, y, size = rng.uniform(24, 38), rng.uniform(46, 51), rng.uniform(0.2, 1.5)
        angle = np.sort(rng.uniform(0, 2 * np.pi, CORNERS))
        reach = size * np.maximum(1 + 0.3 * np.cumsum(rng.normal(0, 1, CORNERS)) / np.sqrt(CORNERS), 0.2)
        blob = shapely.make_valid(
            shapely.Polygon(np.c_[x + reach * np.cos(angle), y + reach * np.sin(angle)])
        )
        shapes.append(shapely.MultiPolygon([p for p in shapely.get_parts(blob) if p.geom_type == "Polygon"]))
    return Field(tuple(shapes))


def release(where: Field, entries: int) -> State:
    """A release of that many entries, with a rule for each profile in each territory."""
    rng = np.random.default_rng(2)
    key = np.unique(rng.integers(1, 2**64, entries, dtype=np.uint64))
    listed = Entries(
        key,
        rng.integers(1, len(PROFILES), len(key)).astype(np.uint16),
        np.full(len(key), NOW - 10_000_000),
        NOW + rng.integers(1, 10_000_000, len(key)),
    )
    territories = tuple(
        Territory(f"t{number:02}", f"Territory {number}", to_wkb(area), precedence=number)
        for number, area in enumerate(where.shapes)
    )
    rules = [
        rule
        for place in territories
        for rule in (
            Rule(place.id, UNLISTED, Action.ALLOW, effective=Interval(end=NOW - 40_000)),
            Rule(place.id, UNLISTED, Action.DENY, effective=Interval(NOW - 40_000)),
            Rule(place.id, "standard", Action.ALLOW, speed_cap=75),
            Rule(place.id, "mobile", Action.WATCH),
            Rule(place.id, "air", Action.ALLOW, permitted=("t00",)),
        )
    ]
    return State("bench", "aa", 1, NOW - 10, "utid", PROFILES, listed, territories, tuple(rules))


def points(where: Field, kind: str, size: int) -> np.ndarray:
    """Positions, float64[size, 2] lon/lat: U uniform, C like towns and some near borders, B beside edges."""
    rng = np.random.default_rng(3)
    box = ([22, 44], [41, 53])
    if kind == "U":
        return rng.uniform(*box, (size, 2))
    corners = where.corners
    if kind == "B":
        return rng.choice(corners, size) + rng.normal(0, EDGE, (size, 2))
    towns = rng.uniform([22.5, 45], [40, 52], (400, 2))
    some, few = int(size * 0.6), int(size * 0.25)
    parts = [
        rng.choice(towns, some) + rng.normal(0, 0.05, (some, 2)),
        rng.choice(corners, few) + rng.normal(0, 0.1, (few, 2)),
        rng.uniform(*box, (size - some - few, 2)),
    ]
    return rng.permutation(np.concatenate(parts))


def reports(state: State, where: Field, kind: str, size: int) -> Reports:
    """A day of reports, four fifths of them from listed terminals."""
    rng = np.random.default_rng(4)
    keys = state.entries.key
    known = rng.random(size) < LISTED
    place = points(where, kind, size)
    return Reports.of(
        size,
        key=np.where(
            known, keys[rng.integers(0, len(keys), size)], rng.integers(1, 2**64, size, dtype=np.uint64)
        ),
        time_ns=(NOW - rng.integers(0, 86_400, size)) * NS,
        lat=np.ascontiguousarray(place[:, 1]),
        lon=np.ascontiguousarray(place[:, 0]),
    )
