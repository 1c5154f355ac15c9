"""`groundpass territory import`: a file becomes the next version of a territory."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import Moment, as_option, json_option, now_option
from groundpass.doors.cli.output import give, progress


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "code", required=True, help="The territory's code, such as ua or border-zone-50km.")
@click.option("--name", required=True, help="The territory's name, as people read it.")
@click.option("--from", "starts", type=Moment(), help="The first moment at which it is effective.")
@click.option("--until", "ends", type=Moment(), help="The first moment at which it no longer is.")
@click.option("--precedence", type=int, default=0, help="Where some overlap, the highest governs.")
@click.option("--country", default="", metavar="XX", help="ISO 3166 code, where it is a whole country.")
@click.option(
    "--when-uncertain",
    type=click.Choice(["outside", "inside", "majority"]),
    default="outside",
    show_default=True,
    help="How a position that straddles its edge counts.",
)
@click.option("--settle", type=int, default=1, show_default=True, help="Reports inside before it governs.")
@click.option("--band", metavar="'50 km inside'", help="Import the band inside or outside of the border.")
@click.option("--grow", metavar="'12 nmi'", help="Import the territory grown by a distance.")
@click.option("--shrink", metavar="'5 km'", help="Import the territory shrunk by a distance.")
@click.option(
    "--along",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The border that the distance counts from: lines, or polygons; default: the whole border of FILE.",
)
@click.option("--source", default="", help="Where the border comes from.")
@click.option("--licence", default="", help="The licence of the source.")
@as_option
@now_option
@json_option
def command(
    *,
    file: Path,
    band: str | None,
    grow: str | None,
    shrink: str | None,
    username: str | None,
    as_json: bool,
    **properties: object,
) -> None:
    """Import a territory from FILE: GeoJSON, WKB or GeoParquet, polygons in WGS84.

    A border that crosses itself, is not closed or has its axes swapped is refused with its place in the file
    and on the map. The same file imported again gives no new version.

    Distances are geodesic, in m, km, nmi (nautical miles) or mi. What was made is measured before it is
    stored, and the greatest error is said.
    """
    actor = authority.acting(username)
    from groundpass.authority.policy.api import import_territory, km2, shape_of

    with progress("Making the buffer", "%") as tell:
        row = import_territory(
            file,
            buffer=_buffer(band=band, grow=grow, shrink=shrink),
            tell=tell,
            actor=actor,
            **properties,  # type: ignore[arg-type]  # click has checked each type
        )
    facts: dict[str, object] = {
        "id": row.code,
        "version": row.version,
        "name": row.name,
        "box": [row.west, row.south, row.east, row.north],
        "km2": round(km2(shape_of(row)), 3),
        "precedence": row.precedence,
        "sha256": row.content_sha256,
    }
    if row.buffer:
        facts |= {"buffer": row.buffer, "buffer_error_m": row.buffer_error_m}
    give(facts, as_json=as_json)


def _buffer(**said: str | None) -> str:
    """What to make, in the words of policy. Raises UsageError where two things are asked for."""
    wanted = [f"{act} {length}" for act, length in said.items() if length is not None]
    if len(wanted) > 1:
        raise click.UsageError("give one of --band, --grow and --shrink")
    return "".join(wanted)
