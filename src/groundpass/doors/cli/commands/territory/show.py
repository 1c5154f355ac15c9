"""`groundpass territory show`: a territory at a version, or as it was at a moment."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.territory import facts_of
from groundpass.doors.cli.options import Moment, as_option, json_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("code")
@click.option("--version", type=int, help="This version; default: the latest.")
@click.option("--at", "moment", type=Moment(), help="The version that governed at this time, ISO 8601 UTC.")
@as_option
@json_option
def command(
    *, code: str, version: int | None, moment: int | None, username: str | None, as_json: bool
) -> None:
    """Show the territory CODE: what it is, how large, how exact, and where it comes from.

    With --at it is the version that the rule set of that time pinned. Where none spoke of the territory, it
    is the newest version that was imported by then, and `rule set` is empty: it was known, and governed
    nothing.
    """
    if version is not None and moment is not None:
        raise click.UsageError("give --version or --at")
    actor = authority.acting(username)
    import shapely

    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import km2, shape_of, territory, territory_at

    require(actor, "policy.read")
    told: dict[str, object] = {}
    if moment is None:
        row = territory(code, version)
    else:
        row, governing = territory_at(code, moment)
        told["rule_set"] = governing.number if governing else None
    shape = shape_of(row)
    facts: dict[str, object] = {
        **facts_of(row),
        "km2": round(km2(shape), 3),
        "box": [row.west, row.south, row.east, row.north],
        "polygons": int(shapely.get_num_geometries(shape)),
        "vertices": int(shapely.get_num_coordinates(shape)),
        "settle": row.settle,
        "when_uncertain": row.get_when_uncertain_display().lower(),
        "buffer": row.buffer,
        "buffer_error_m": row.buffer_error_m,
        "source": row.source,
        "imported_at": row.imported_at,
        "imported_by": row.imported_by.username,
        "sha256": row.content_sha256,
    }
    give({**facts, **told}, as_json=as_json)
