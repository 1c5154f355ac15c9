"""`groundpass release list`: every release of a feed, the newest first."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, facts_of, feed_option
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@feed_option
@as_option
@json_option
def command(*, feed_name: str | None, username: str | None, as_json: bool) -> None:
    """List the releases of a feed, the newest first."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.publication.api import releases

    require(actor, "release.read")
    give_rows("releases", [facts_of(row) for row in releases(chosen_feed(feed_name))], as_json=as_json)
