"""`groundpass release build`: the register and the rules of this moment as the next serial."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, facts_of, feed_option
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give, progress


@click.command()
@feed_option
@as_option
@now_option
@json_option
def command(*, feed_name: str | None, username: str | None, now: int, as_json: bool) -> None:
    """Compile the register and the rules in force into the next release.

    An empty register, or one that counts differently by a second path, becomes no release.
    """
    actor = authority.acting(username)
    from groundpass.authority.publication.api import build

    with progress("Building", unit="steps") as tell:
        release = build(chosen_feed(feed_name), actor=actor, now=now, progress=tell)
    give(facts_of(release), as_json=as_json)
    if not as_json:
        click.echo(f"Next: groundpass release assess {release.serial}")
