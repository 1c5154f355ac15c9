"""`groundpass operator release`: let a release decide that the operator's brake has staged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import json_option, now_option
from groundpass.doors.cli.output import give

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("serial", type=click.IntRange(1))
@store_option
@click.option("--by", "user", required=True, metavar="NAME", help="The duty officer who has looked at it.")
@now_option
@json_option
def command(*, serial: int, store: Path, user: str, now: int, as_json: bool) -> None:
    """Let the staged release SERIAL decide: somebody has looked at who loses service by it."""
    from groundpass.operator.api import release_staged

    give(release_staged(store, serial, user, now=now).to_dict(), as_json=as_json)
