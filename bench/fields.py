"""What the benches run on: an invented release of any size, and position reports like those of a country.

1. Seeded: the same call gives the same rows, so that a run repeats.
2. The border is the demo's (built by `make setup`), roughened to some 20,000 corners, as fine as surveyed
   borders are; another one can be given as a file. Twenty irregular zones lie in and about it.
3. Points: U uniform over the country's box; C city-like, 60 % in towns, 25 % about borders, the rest
   anywhere; B every one 100 m from an edge, the worst that a locator can meet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry import shape

from groundpass.kernel.core.intervals import NS, Interval
from groundpass.kernel.core.state import Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action
from groundpass.kernel.engine import Reports
from groundpass.kernel.territory import to_wkb

NOW = 1_790_000_000  # UTC s
DAY = 86_400  # s
BORDER = Path(__file__).parent.parent / "src/groundpass/doors/demo/built/ukraine.geojson"
PROFILES = (UNLISTED, "standard", "mobile", "air")
ZONES = 20
LISTED = 0.8  # of the reports
CORNERS = 600  # of a zone
UTID = 28  # letters of a UTID
BOX = ([22, 44], [41, 53])  # degrees lon/lat
FINE = 20_000  # corners of the country
ROUGH = 0.12  # how far a new corner stands from its edge, of the edge's length
DEGREE = 1 / 111_320  # of latitude, a metre
BESIDE = 100 * DEGREE
PARKED, SLOW = 0.85, 0.95  # of a fleet
WIDE, NOWHERE, AHEAD = 1, 2, 3  # kinds of awkward rows


@dataclass(frozen=True)
class Field:
    """Territories as shapes, the first of them the country."""

    shapes: tuple[shapely.Geometry, ...]

    @property
    def corners(self) -> np.ndarray:
        """Every vertex of every territory, float64[n, 2]."""
        return shapely.get_coordinates(self.shapes)

    @property
    def edges(self) -> np.ndarray:
        """Every edge of every territory, float64[n, 4]."""
        rings = shapely.get_rings(shapely.get_parts(self.shapes))
        place, ring = shapely.get_coordinates(rings, return_index=True)
        return np.concatenate([place[:-1], place[1:]], axis=1)[ring[1:] == ring[:-1]]


def field(zones: int = ZONES, border: Path | None = None) -> Field:
    """The country, and irregular zones in it."""
    written = json.loads((border or BORDER).read_text("utf-8"))
    country = shape((written["features"][0] if "features" in written else written)["geometry"])
    if border is None:
        country = _rougher(country)
    rng = np.random.default_rng(1)
    shapes = [country]
    for _ in range(zones):
        x, y, size = rng.uniform(24, 38), rng.uniform(46, 51), rng.uniform(0.2, 1.5)
        angle = np.sort(rng.uniform(0, 2 * np.pi, CORNERS))
        reach = size * np.maximum(1 + 0.3 * np.cumsum(rng.normal(0, 1, CORNERS)) / np.sqrt(CORNERS), 0.2)
        ring = np.c_[x + reach * np.cos(angle), y + reach * np.sin(angle)]
        shapes.append(_valid(shapely.Polygon(ring)))
    return Field(tuple(shapes))


def _valid(area: shapely.Geometry) -> shapely.Geometry:
    """The polygons of an area whose rings may cross themselves."""
    parts = shapely.get_parts(shapely.make_valid(area))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _rougher(area: shapely.Geometry) -> shapely.Geometry:
    """The same area with about FINE corners: edges are halved, and each new corner moved aside a little."""
    longest = 1.6 * area.length / FINE  # edges end at half of that to all of it
    rng = np.random.default_rng(6)

    def rougher(ring: np.ndarray) -> np.ndarray:
        while True:
            along = np.diff(ring, axis=0)
            long = np.flatnonzero(np.hypot(*along.T) > longest)
            if not len(long):
                return ring
            aside = along[long][:, ::-1] * [-1, 1] * rng.normal(0, ROUGH, (len(long), 1))
            ring = np.insert(ring, long + 1, ring[long] + along[long] / 2 + aside, axis=0)

    def polygon(part: shapely.Polygon) -> shapely.Polygon:
        rings = [rougher(shapely.get_coordinates(ring)) for ring in (part.exterior, *part.interiors)]
        return shapely.Polygon(rings[0], rings[1:])

    return _valid(shapely.MultiPolygon([polygon(part) for part in shapely.get_parts(area)]))


def release(where: Field, entries: int, keys: np.ndarray | None = None) -> State:
    """A release of that many entries, or of those keys, with a rule for each profile in each territory."""
    if keys is None:
        keys = np.random.default_rng(2).integers(1, 2**64, entries, dtype=np.uint64)
    key = np.unique(keys)
    rng = np.random.default_rng(11)  # of its own: the same keys get the same records, drawn or given
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
            Rule(place.id, UNLISTED, Action.ALLOW, effective=Interval(end=NOW - DAY // 2)),
            Rule(place.id, UNLISTED, Action.DENY, effective=Interval(NOW - DAY // 2)),
            Rule(place.id, "air", Action.ALLOW, permitted=("t00",)),
            Rule(place.id, "mobile", Action.WATCH),
            Rule(place.id, "standard", Action.ALLOW, speed_cap=75),
        )
    ]
    return State("bench", "aa" * 16, 1, NOW - 10, "utid", PROFILES, listed, territories, tuple(rules))


def points(where: Field, kind: str, size: int) -> np.ndarray:
    """Positions of one kind, float64[size, 2] lon/lat."""
    rng = np.random.default_rng(3)
    if kind == "U":
        return rng.uniform(*BOX, (size, 2))
    if kind == "B":
        return _beside(where.edges[rng.integers(0, len(where.edges), size)], rng)
    towns = rng.uniform([22.5, 45], [40, 52], (400, 2))
    some, few = int(size * 0.6), int(size * 0.25)
    parts = [
        rng.choice(towns, some) + rng.normal(0, 0.05, (some, 2)),
        rng.choice(where.corners, few) + rng.normal(0, 0.1, (few, 2)),
        rng.uniform(*BOX, (size - some - few, 2)),
    ]
    return rng.permutation(np.concatenate(parts))


def _beside(edges: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A point 100 m aside of each edge, on either side of a place anywhere along it."""
    start, along = edges[:, :2], edges[:, 2:] - edges[:, :2]
    wide = np.cos(np.radians(start[:, 1:]))  # a degree of longitude, in degrees of latitude
    flat = along * np.c_[wide, np.ones(len(wide))]
    aside = flat[:, ::-1] * [-1, 1] / np.maximum(np.hypot(*flat.T), 1e-12)[:, None] * BESIDE
    side = rng.choice([-1.0, 1.0], (len(edges), 1))
    return start + along * rng.random((len(edges), 1)) + side * aside / np.c_[wide, np.ones(len(wide))]


def reports(state: State, where: Field, kind: str, size: int) -> Reports:
    """A day of reports, four fifths of them from listed terminals."""
    rng = np.random.default_rng(4)
    place = points(where, kind, size)
    return Reports.of(
        size,
        key=_seen(state.entries.key, size, rng),
        time_ns=(NOW - rng.integers(0, DAY, size)) * NS,
        lat=np.ascontiguousarray(place[:, 1]),
        lon=np.ascontiguousarray(place[:, 0]),
    )


def _seen(keys: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Keys of reports, uint64[size]: LISTED of them from the list, the others of nobody's."""
    known = rng.random(size) < LISTED
    listed, others = keys[rng.integers(0, len(keys), size)], rng.integers(1, 2**64, size, dtype=np.uint64)
    return np.where(known, listed, others)


def awkward(state: State, where: Field, size: int, share: float = 0.02) -> Reports:
    """City-like reports, a share of which are what a fast path likes least.

    A third each: a radius of 1 km, no position at all, a time an hour ahead.
    """
    plain = reports(state, where, "C", size)
    rng = np.random.default_rng(5)
    kind = np.where(rng.random(size) < share, rng.choice([WIDE, NOWHERE, AHEAD], size), 0)
    return Reports.of(
        size,
        key=plain.key,
        time_ns=np.where(kind == AHEAD, (NOW + 3600) * NS, plain.time_ns),
        lat=np.where(kind == NOWHERE, np.nan, plain.lat),
        lon=plain.lon,
        uncertainty_m=np.where(kind == WIDE, 1000.0, np.nan),
    )


def moves(rows: int, steps: int = 100, every: int = 15) -> Reports:
    """Reports of a fleet in the order of time: each terminal `steps` times, `every` s apart.

    Of a hundred terminals 85 are parked (with the jitter of a receiver), 10 go at 2 to 18 m/s, 5 at 24 to
    45 m/s: a cap of 75 km/h (20.8 m/s) lies between, so that no rounding decides.
    """
    rng = np.random.default_rng(7)
    fleet = rows // steps
    key = rng.integers(1, 2**64, fleet, dtype=np.uint64)
    draw = rng.random(fleet)
    speed = np.select(
        [draw < PARKED, draw < SLOW], [0.0, rng.uniform(2, 18, fleet)], rng.uniform(24, 45, fleet)
    )
    heading = rng.uniform(0, 2 * np.pi, fleet)
    home = rng.uniform([24, 46], [38, 51], (fleet, 2))
    phase = np.sort(rng.integers(0, every, fleet))
    second = (NOW - DAY + phase + every * np.arange(steps)[:, None]).ravel()
    metres = (speed * (phase + every * np.arange(steps)[:, None])).ravel()
    north, east = (np.tile(part(heading), steps) * metres for part in (np.cos, np.sin))
    jitter = np.where(np.tile(speed, steps) == 0, 3.0, 0.0)
    lat = np.tile(home[:, 1], steps) + (north + rng.normal(0, 1, len(north)) * jitter) * DEGREE
    wide = np.cos(np.radians(np.tile(home[:, 1], steps)))
    lon = np.tile(home[:, 0], steps) + (east + rng.normal(0, 1, len(east)) * jitter) * DEGREE / wide
    return Reports.of(len(second), key=np.tile(key, steps), time_ns=second * NS, lat=lat, lon=lon)


def utids(count: int, rng: np.random.Generator) -> pa.Array:
    """Identifiers as an operator writes them, three random words each: string[count]."""
    text = np.full((count, UTID), ord("-"), np.uint8)
    text[:, :2] = np.frombuffer(b"ut", np.uint8)
    digits = np.frombuffer(rng.bytes(12 * count).hex().encode(), np.uint8).reshape(count, 3, 8)
    for word, place in enumerate((2, 11, 20)):
        text[:, place : place + 8] = digits[:, word]
    offsets = np.arange(0, (count + 1) * UTID, UTID, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))
