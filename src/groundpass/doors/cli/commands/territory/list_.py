"""`groundpass territory list`: the latest version of each territory."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """List the territories, each at its latest version."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import territories

    require(actor, "policy.read")
    rows = [
        {
            "id": row.code,
            "version": row.version,
            "name": row.name,
            "precedence": row.precedence,
            "from": row.starts,
            "until": row.ends,
            "country": row.country,
            "licence": row.licence,
        }
        for row in territories()
    ]
    give_rows("territories", rows, as_json=as_json)
