"""`groundpass user list`: who may act, and as what."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """List the people who may act, with their roles."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import Appointment, require

    require(actor, "accounts.manage")
    appointments = Appointment.objects.filter(ends=None).select_related("user", "organisation", "office")
    rows = [
        {
            "username": row.user.username,
            "role": str(row.role),
            "organisation": row.organisation.code if row.organisation else None,
            "office": row.office.code if row.office else None,
            "since": row.starts,
        }
        for row in appointments.order_by("user__username", "role")
    ]
    give_rows("people", rows, as_json=as_json)
