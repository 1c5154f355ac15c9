"""`groundpass organisation add`: an authority, an operator, a company, ..."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("code")
@click.argument("name")
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["authority", "company", "operator", "unit", "ngo", "embassy"]),
    help="What it is; people of an authority act for every organisation.",
)
@as_option
@now_option
@json_option
def command(*, code: str, name: str, kind: str, username: str | None, now: int, as_json: bool) -> None:
    """Add an organisation under a short CODE."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import create_organisation

    row = create_organisation(code, name, kind, actor=actor, now=now)
    give({"code": row.code, "name": row.name, "kind": str(row.kind)}, as_json=as_json)
