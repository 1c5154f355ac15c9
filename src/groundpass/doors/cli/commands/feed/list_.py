"""`groundpass feed list`: every feed, and what is public in it."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """List the feeds, with the release that is public in each."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.publication.api import feeds, latest_published, public_folder

    require(actor, "release.read")
    rows = []
    for feed in feeds():
        last = latest_published(feed)
        rows.append(
            {
                "name": feed.name,
                "operator": feed.operator.code,
                "scheme": feed.scheme,
                "release": last.serial if last else None,
                "published": last.published_at if last else None,
                "folder": str(public_folder(feed)),
            }
        )
    give_rows("feeds", rows, as_json=as_json)
