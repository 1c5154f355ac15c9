"""`groundpass telemetry ingest`: who was active, without where they were."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.release import chosen_feed, feed_option
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@feed_option
@as_option
@now_option
@json_option
def command(*, file: Path, feed_name: str | None, username: str | None, now: int, as_json: bool) -> None:
    """Take in position reports (CSV, Parquet, Arrow), so that a release's effect can be counted.

    Kept is which terminals were active in which territory, for two days; positions are forgotten at once.
    """
    actor = authority.acting(username)
    from groundpass.authority.telemetry.api import ingest_activity

    row = ingest_activity(file, feed=chosen_feed(feed_name), actor=actor, now=now)
    facts = {"rows": row.rows, "left_out": row.left_out, "terminals": row.terminals, "hours": len(row.hours)}
    give(facts, as_json=as_json)
