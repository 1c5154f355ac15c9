"""`groundpass territory import`: a GeoJSON becomes the next version of a territory."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import Moment, as_option, json_option, now_option
from groundpass.doors.cli.output import give


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
@click.option("--source", default="", help="Where the border comes from.")
@click.option("--licence", default="", help="The licence of the source.")
@as_option
@now_option
@json_option
def command(*, file: Path, username: str | None, as_json: bool, **properties: object) -> None:
    """Import a territory from FILE, a GeoJSON of polygons.

    A border that crosses itself, has its axes swapped or is empty is refused with the place. The same file
    imported again gives no new version.
    """
    actor = authority.acting(username)
    from groundpass.authority.policy.api import import_territory

    row = import_territory(file, actor=actor, **properties)  # type: ignore[arg-type]  # click has checked each type
    facts = {
        "id": row.code,
        "version": row.version,
        "name": row.name,
        "box": [row.west, row.south, row.east, row.north],
        "precedence": row.precedence,
        "sha256": row.content_sha256,
    }
    give(facts, as_json=as_json)
