"""`groundpass operator sync`: take the newest release, if everything about it holds."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import json_option, now_option
from groundpass.doors.cli.output import give
from groundpass.kernel.core.intervals import show_time


@click.command()
@store_option
@click.option("--feed", default="", metavar="URL|PATH", help="The feed's folder; default: as before.")
@click.option(
    "--root",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="On the first sync: the authority's root, which came by another way.",
)
@click.option(
    "--keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="On the first sync: the operator's keys.",
)
@now_option
@json_option
def command(*, store: Path, feed: str, root: Path | None, keys: Path | None, now: int, as_json: bool) -> None:
    """Bring the store up to date with its feed.

    Whatever does not verify leaves the store as it was, and says why (exit code 1).
    """
    from groundpass.operator.api import sync

    result = sync(feed, store, now=now, root=root, keys=keys)
    facts = result.to_dict()
    if not as_json:
        facts |= {"issued": show_time(result.issued), "alarms": "; ".join(result.alarms)}
    give(facts, as_json=as_json)
