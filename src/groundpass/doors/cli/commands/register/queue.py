"""`groundpass register queue`: what waits for a reviewer."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows
from groundpass.kernel.core.ids import show


@click.command()
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, oldest first."
)
@as_option
@json_option
def command(*, limit: int, username: str | None, as_json: bool) -> None:
    """List the applications that wait for you, oldest first; never your own."""
    actor = authority.acting(username)
    from groundpass.authority.register.api import queue

    rows = [
        {
            "application": str(row.uuid),
            "terminal": show(row.terminal.value, row.terminal.scheme),
            "holder_class": row.holder.holder_class.code,
            "usage_class": row.usage_class.code,
            "shown": row.shown,
            "office": row.office.code if row.office else None,
            "submitted_by": row.submitted_by.username,
            "submitted_at": row.submitted_at,
        }
        for row in queue(actor)[:limit]
    ]
    give_rows("applications", rows, as_json=as_json)
