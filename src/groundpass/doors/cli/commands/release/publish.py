"""`groundpass release publish`: agree to a release, and make it public once enough have agreed."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, chosen_release, facts_of, feed_option
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("serial", type=click.IntRange(1), required=False)
@click.option(
    "--offline-keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="A folder with root keys (root-N.pem), or with approvals signed elsewhere (*.approval.json).",
)
@feed_option
@as_option
@now_option
@json_option
def command(
    *,
    serial: int | None,
    offline_keys: Path | None,
    feed_name: str | None,
    username: str | None,
    now: int,
    as_json: bool,
) -> None:
    """Agree to the release SERIAL (default: the last one) and publish it, once enough have agreed.

    What many would lose service by needs a second person, or the offline keys, and says so.
    """
    actor = authority.acting(username)
    from groundpass.authority.publication.api import public_folder, publish

    release = chosen_release(chosen_feed(feed_name), serial)
    done = publish(release, actor=actor, now=now, offline_keys=offline_keys)
    give({**facts_of(done), "folder": str(public_folder(done.feed))}, as_json=as_json)
