"""`groundpass feed refresh`: sign the timestamp again, so that a quiet feed does not run out."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, feed_option
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@feed_option
@as_option
@now_option
@json_option
def command(*, feed_name: str | None, username: str | None, now: int, as_json: bool) -> None:
    """Sign the timestamp of what is public again; run it daily where nothing new is published."""
    actor = authority.acting(username)
    from groundpass.authority.publication.api import refresh

    feed = chosen_feed(feed_name)
    refresh(feed, actor=actor, now=now)
    give({"name": feed.name, "refreshed": True}, as_json=as_json)
