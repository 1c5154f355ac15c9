"""`groundpass office add`: a counter of an organisation."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("organisation")
@click.argument("code")
@click.argument("name")
@click.option("--place", default="", help="Where it is.")
@as_option
@now_option
@json_option
def command(
    *, organisation: str, code: str, name: str, place: str, username: str | None, now: int, as_json: bool
) -> None:
    """Add an office of ORGANISATION (its code) under a short CODE."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import create_office, find_organisation

    row = create_office(find_organisation(organisation), code, name, place=place, actor=actor, now=now)
    facts = {"code": row.code, "name": row.name, "place": row.place, "organisation": organisation}
    give(facts, as_json=as_json)
