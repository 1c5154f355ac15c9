"""`groundpass territory export`: a territory as a file that reads back to the same bits."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("code")
@click.option("--version", type=int, help="This version; default: the latest.")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where it goes: .geojson, .wkb or .parquet (GeoParquet).",
)
@as_option
@json_option
def command(*, code: str, version: int | None, output: Path, username: str | None, as_json: bool) -> None:
    """Export the territory CODE, exactly as it is stored."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import shape_of, territory
    from groundpass.kernel.territory.formats import write_territory

    require(actor, "policy.read")
    row = territory(code, version)
    properties: dict[str, str | int] = {
        "code": row.code,
        "version": row.version,
        "name": row.name,
        "precedence": row.precedence,
        "source": row.source,
        "licence": row.licence,
        "sha256": row.content_sha256,
    }
    write_territory(output, shape_of(row), properties)
    give({"id": row.code, "version": row.version, "file": str(output)}, as_json=as_json)
