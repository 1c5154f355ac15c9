"""Territories as an SVG drawing over the world: what stays where there is no WebGL, no JavaScript, or paper.

1. The frame is the territories' bounding box and a tenth of it on each side, at least half a degree.
2. Longitudes are shrunk by the cosine of the middle latitude, so that a country looks as on other maps.
3. Edges are thinned to half a pixel of a drawing 800 pixels wide; the table beside it is the exact thing.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import shapely
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from shapely.geometry import shape

from groundpass.doors.web.assets import built_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH: Final = 800.0  # pixels
LEAST: Final = 0.5  # degrees of margin
STEEPEST: Final = 85.0  # degrees of latitude at which the cosine is taken at most


@dataclass(frozen=True, slots=True)
class Drawing:
    """`svg`: the drawing · `bounds`: west, south, east, north in degrees, as the live map wants them."""

    svg: SafeString
    bounds: str


@dataclass(frozen=True, slots=True)
class Frame:
    """From degrees to pixels."""

    west: float
    south: float
    east: float
    north: float

    @property
    def squeeze(self) -> float:
        """How much shorter a degree of longitude is than one of latitude."""
        middle = min(abs(self.south + self.north) / 2, STEEPEST)
        return math.cos(math.radians(middle))

    @property
    def scale(self) -> float:
        """Pixels a degree of latitude."""
        return WIDTH / ((self.east - self.west) * self.squeeze)

    @property
    def height(self) -> float:
        """Pixels."""
        return (self.north - self.south) * self.scale

    def path(self, geometry: shapely.Geometry) -> str:
        """Turn polygons into the data of an SVG path."""
        thin = shapely.simplify(geometry, 0.5 / self.scale)
        return "".join(self._ring(ring) for ring in _rings(thin))

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Place a position."""
        return (lon - self.west) * self.squeeze * self.scale, (self.north - lat) * self.scale

    def _ring(self, ring: shapely.LinearRing) -> str:
        corners = (self.point(lon, lat) for lon, lat in ring.coords)
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"


def draw(features: Sequence[dict[str, Any]], label: str) -> Drawing:
    """Draw GeoJSON features of territories; `label` is what a screen reader says."""
    zones = [(shape(feature["geometry"]), str(feature["properties"]["name"])) for feature in features]
    frame = _frame([zone for zone, _ in zones])
    land = frame.path(shapely.clip_by_rect(_land(), frame.west, frame.south, frame.east, frame.north))
    svg = format_html(
        '<svg class="gp-map__drawing" viewBox="0 0 {} {}" preserveAspectRatio="xMidYMid meet" role="img"'
        ' aria-label="{}"><path class="gp-draw-land" d="{}"/>{}</svg>',
        f"{WIDTH:.0f}",
        f"{frame.height:.0f}",
        label,
        land,
        format_html_join("", "{}", ((_zone(frame, zone, name),) for zone, name in zones)),
    )
    return Drawing(
        svg, ",".join(f"{edge:.4f}" for edge in (frame.west, frame.south, frame.east, frame.north))
    )


def _zone(frame: Frame, zone: shapely.Geometry, name: str) -> SafeString:
    inside = zone.representative_point()
    x, y = frame.point(inside.x, inside.y)
    return format_html(
        '<path class="gp-draw-zone" fill-rule="evenodd" d="{}"/>'
        '<text class="gp-draw-label" x="{}" y="{}">{}</text>',
        frame.path(zone),
        f"{x:.1f}",
        f"{y:.1f}",
        name,
    )


def _frame(zones: Sequence[shapely.Geometry]) -> Frame:
    if not zones:
        return Frame(-180, -60, 180, 80)
    west, south, east, north = shapely.total_bounds(zones)
    beside, above = max((east - west) / 10, LEAST), max((north - south) / 10, LEAST)
    return Frame(
        max(west - beside, -180.0),
        max(south - above, -90.0),
        min(east + beside, 180.0),
        min(north + above, 90.0),
    )


def _rings(geometry: shapely.Geometry) -> Iterator[shapely.LinearRing]:
    for part in shapely.get_parts(geometry):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            yield part.exterior
            yield from part.interiors


@cache
def _land() -> shapely.Geometry:
    """Read the land behind a map, repaired where thinning made edges cross; none where it is not built."""
    path = built_path("world.geojson")
    if path is None or not path.is_file():
        return shapely.MultiPolygon()
    world = json.loads(path.read_text("utf-8"))
    land = next(one for one in world["features"] if one["properties"]["kind"] == "land")
    return shapely.make_valid(shape(land["geometry"]))
