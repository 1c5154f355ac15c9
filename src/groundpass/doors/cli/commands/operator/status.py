"""`groundpass operator status`: which release decides, how old it is, how the last sync ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import json_option, now_option
from groundpass.doors.cli.output import give
from groundpass.kernel.core.intervals import show_time

if TYPE_CHECKING:
    from pathlib import Path

TIMES = ("issued", "applied_at", "last_sync")


@click.command()
@store_option
@now_option
@json_option
def command(*, store: Path, now: int, as_json: bool) -> None:
    """Say which release decides, how old it is, and how the last sync ended."""
    from groundpass.operator.api import store_status

    facts = store_status(store, now=now).to_dict()
    if not as_json:
        facts |= {name: show_time(at) for name in TIMES if isinstance(at := facts[name], int)}
        facts["alarms"] = "; ".join(map(str, alarms)) if isinstance(alarms := facts["alarms"], tuple) else ""
    give(facts, as_json=as_json)
