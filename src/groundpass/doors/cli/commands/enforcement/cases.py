"""`groundpass enforcement cases`: where act and promise differ, for persons to decide."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@click.option("--state", type=click.Choice(["open", "decided"]), help="Only those.")
@as_option
@json_option
def command(*, state: str | None, username: str | None, as_json: bool) -> None:
    """List the cases, the newest first; a terminal is named by its key in the feed alone."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.enforcement.api import cases

    require(actor, "enforcement.read")
    rows = [
        {
            "case": row.pk,
            "kind": row.kind,
            "subject": row.subject,
            "state": str(row.state),
            "opened": row.opened_at,
            "decision": row.decision or None,
        }
        for row in cases(state)
    ]
    give_rows("cases", rows, as_json=as_json)
