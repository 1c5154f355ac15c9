"""`groundpass enforcement list`: what operators reported."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.enforcement import facts_of
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """List the reports of operators, the newest first."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.enforcement.api import reports

    require(actor, "enforcement.read")
    give_rows("reports", [facts_of(row) for row in reports()], as_json=as_json)
