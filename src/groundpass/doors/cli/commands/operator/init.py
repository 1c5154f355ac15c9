"""`groundpass operator init`: a store that trusts one root."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import json_option, now_option
from groundpass.doors.cli.output import give

MOST = 1 << 22  # bytes of a root


@click.command()
@store_option
@click.option("--feed", required=True, metavar="URL|PATH", help="The feed's folder, or its address.")
@click.option(
    "--root",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The authority's root, which came by another way than the feed.",
)
@click.option(
    "--keys",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The operator's keys, as `groundpass operator keys` drew them.",
)
@click.option("--name", default="operator", show_default=True, help="The name that your reports give.")
@now_option
@json_option
def command(*, store: Path, feed: str, root: Path, keys: Path, name: str, now: int, as_json: bool) -> None:
    """Make a store that trusts one root for good; the same call again changes nothing."""
    from groundpass.kernel.trust.files import read_whole
    from groundpass.operator.api import OperatorKeys, init_store

    pinned = read_whole(root, limit=MOST)
    made = init_store(store, pinned, OperatorKeys.load(keys), feed, now=now, operator=name)
    give({"store": str(made.folder), "feed": made.settings.feed}, as_json=as_json)
    if not as_json:
        click.echo(f"Next: groundpass operator sync --store {store}")
