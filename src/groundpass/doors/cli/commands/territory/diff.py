"""`groundpass territory diff`: what one version of a territory gained and lost against another."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.territory import collection
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows, print_json


@click.command()
@click.argument("code")
@click.option("--from", "before", type=int, required=True, metavar="VERSION", help="The earlier version.")
@click.option("--to", "after", type=int, metavar="VERSION", help="The later version; default: the latest.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was gained and lost as GeoJSON.",
)
@as_option
@json_option
def command(
    *, code: str, before: int, after: int | None, output: Path | None, username: str | None, as_json: bool
) -> None:
    """Compare two versions of the territory CODE: areas gained, lost and kept, on the WGS84 ellipsoid.

    `parts` counts those of a hectare and more: smaller ones come from rounding more often than from a
    decision. `place` lies in the largest.
    """
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import changes, shape_of, territory
    from groundpass.kernel.territory.formats import feature

    require(actor, "policy.read")
    old, new = territory(code, before), territory(code, after)
    found = changes(shape_of(old), shape_of(new))
    rows = [
        {
            "change": one.kind,
            "km2": round(one.km2, 3),
            "parts": one.parts,
            "largest_km2": round(one.largest, 3),
            "place": None if one.place is None else [round(degrees, 5) for degrees in one.place],
        }
        for one in found
    ]
    if output is not None:
        said = {"code": code, "from": old.version, "to": new.version}
        features = [
            feature(one.shape, {**said, "change": one.kind, "km2": one.km2})
            for one in found
            if one.kind != "kept" and one.km2
        ]
        collection(output, features)
    if as_json:
        print_json({"id": code, "from": old.version, "to": new.version, "changes": rows})
    else:
        give_rows("changes", rows, as_json=False)
