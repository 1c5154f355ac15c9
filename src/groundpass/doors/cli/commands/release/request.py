"""`groundpass release request`: what the holders of the offline keys sign, where their keys are kept."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, chosen_release, feed_option
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("serial", type=click.IntRange(1), required=False)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@feed_option
@as_option
@json_option
def command(
    *, serial: int | None, output: Path, feed_name: str | None, username: str | None, as_json: bool
) -> None:
    """Write the request that three of five holders of the offline keys sign."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.publication.api import approval_request

    require(actor, "release.publish")
    release = chosen_release(chosen_feed(feed_name), serial)
    output.write_bytes(approval_request(release))
    give({"serial": release.serial, "request": str(output)}, as_json=as_json)
