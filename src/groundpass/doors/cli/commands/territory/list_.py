"""`groundpass territory list`: the latest version of each territory, or every version of one."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.territory import facts_of
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@click.option("--code", help="Every version of this territory, the newest first.")
@as_option
@json_option
def command(*, code: str | None, username: str | None, as_json: bool) -> None:
    """List the territories, each at its latest version; with --code every version of one."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import territories, versions

    require(actor, "policy.read")
    if code is None:
        give_rows("territories", [facts_of(row) for row in territories()], as_json=as_json)
        return
    rows = [
        {
            **facts_of(row),
            "buffer": row.buffer,
            "imported_at": row.imported_at,
            "imported_by": row.imported_by.username,
        }
        for row in versions(code)
    ]
    give_rows("versions", rows, as_json=as_json)
