"""Where a scene plays: a border, towns and a front from files, or an invented country."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely
from shapely.geometry.base import BaseGeometry

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.territory import read_geojson
from groundpass.operator.simulator.plan import Town

if TYPE_CHECKING:
    from pathlib import Path

# An island state that is nowhere: some 600 by 500 km of the open Atlantic.
INVENTED: Final = shapely.Polygon(
    [
        (-43.6, 33.4), (-42.1, 32.8), (-40.9, 33.1), (-39.7, 32.6), (-38.2, 33.2), (-37.4, 34.3),
        (-37.9, 35.4), (-37.3, 36.6), (-38.6, 37.3), (-40.2, 37.0), (-41.3, 37.5), (-42.8, 36.9),
        (-43.2, 35.8), (-44.1, 34.7),
    ]
)  # fmt: skip
NOT_BUILT: Final = (
    "The country: an invented one in the ocean, since the demo's border is not built; "
    "run `make setup` in the sources, or name a border"
)


@dataclass(frozen=True, slots=True)
class Country:
    """Where it plays.

    towns: none where they are to be invented · front: None where it is the border · told: which it is.
    """

    polygon: BaseGeometry
    towns: list[Town]
    front: BaseGeometry | None
    told: str


def find_country(
    border: Path | None, towns: Path | None, front: Path | None, *, built: Path, known: Path
) -> Country:
    """Give the country that was asked for, else one that was built, else an invented one.

    Args:
        border: GeoJSON of the country asked for.
        towns: of the towns asked for.
        front: GeoJSON of what the other side holds.
        built: a border that may have been built.
        known: towns that are taken where they lie inside and no others were asked for.

    Raises:
        BadInput: a file of towns does not read, or the front makes none.
        BadGeometry: a border does not read.
        CannotRun: a file that was asked for is not there.
    """
    if border is not None:
        polygon, told = read_geojson(border), f"The country: {border}"
    elif built.exists():
        polygon, told = read_geojson(built), f"The country: {built.stem}, as in the demo"
    else:
        polygon, told = INVENTED, NOT_BUILT
    places = read_towns(towns or known)
    if towns is None:
        places = [town for town in places if shapely.contains_xy(polygon, town[1], town[0])]
    left, line = _cut(polygon, front)
    return Country(left, places, line, told if places else f"{told}. Its towns are invented")


def read_towns(path: Path) -> list[Town]:
    """Read towns from TOML (`towns = [{ lat, lon, weight }, …]`) or CSV with the columns lat, lon, weight.

    Raises:
        BadInput: it does not read.
        CannotRun: there is no such file.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise CannotRun(f"{path} cannot be read", why=str(error)) from error
    try:
        rows = (
            tomllib.loads(text)["towns"]
            if path.suffix == ".toml"
            else list(csv.DictReader(text.splitlines()))
        )
        towns = [(float(row["lat"]), float(row["lon"]), float(row.get("weight") or 1.0)) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{path.name} does not read as towns",
            why=f"{type(error).__name__}: {error}",
            todo="Give a CSV with the columns lat, lon, weight",
        ) from error
    if not towns:
        raise BadInput(f"{path.name} has no towns")
    return towns


def _cut(border: BaseGeometry, zone: Path | None) -> tuple[BaseGeometry, BaseGeometry | None]:
    """What is left of a country without what the other side holds, and the line between the two."""
    if zone is None:
        return border, None
    held = read_geojson(zone)
    left, front = border.difference(held), border.intersection(held.boundary)
    lines = [part for part in getattr(front, "geoms", [front]) if part.length > 0]
    if left.is_empty or not lines:
        raise BadInput(
            f"{zone.name} makes no front", why="it lies outside of the border, or covers all of it"
        )
    return left, shapely.union_all(lines)
