"""`groundpass organisation list`: every organisation, with its offices."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """List the organisations and their offices."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import Organisation, require

    require(actor, "accounts.manage")
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "kind": str(row.kind),
            "offices": ", ".join(office.code for office in row.office_set.all()),
        }
        for row in Organisation.objects.prefetch_related("office_set").order_by("code")
    ]
    give_rows("organisations", rows, as_json=as_json)
