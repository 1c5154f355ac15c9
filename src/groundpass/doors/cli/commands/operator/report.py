"""`groundpass operator report`: the signed enforcement report."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@store_option
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@now_option
@json_option
def command(*, store: Path, output: Path, now: int, as_json: bool) -> None:
    """Write the signed report of what was received, applied, decided and seen afterwards.

    It names terminals by the feed's keys alone, and no position.
    """
    from groundpass.operator.api import build_report

    report = build_report(store, output, now=now)
    give({"report": str(output), "serial": report.serial, "decided": report.decided}, as_json=as_json)
