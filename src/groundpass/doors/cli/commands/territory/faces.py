"""`groundpass territory faces`: who governs where, overlap and precedence resolved."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.territory import collection
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give_rows


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the faces as GeoJSON, for a map.",
)
@as_option
@now_option
@json_option
def command(*, output: Path | None, username: str | None, now: int, as_json: bool) -> None:
    """Show which territory governs how much, by the rule set in force now (or at --now).

    A face is a territory less all that rank above it; together they are all governed land, each place once.
    """
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import faces_at, km2
    from groundpass.kernel.territory.formats import feature

    require(actor, "policy.read")
    found = faces_at(now)
    rows = [
        {
            "id": face.territory.id,
            "name": face.territory.name,
            "precedence": face.territory.precedence,
            "governs_km2": round(km2(face.shape), 3),
        }
        for face in found
    ]
    if output is not None:
        collection(output, [feature(face.shape, row) for face, row in zip(found, rows, strict=True)])
    give_rows("faces", rows, as_json=as_json)
