"""`groundpass operator keys`: the operator's two key pairs."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli.options import json_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@json_option
def command(*, folder: Path, as_json: bool) -> None:
    """Draw the operator's keys into DIR: one opens the feed, one signs reports.

    The authority needs wrap.pub and sign.pub; the other two files stay with the operator. Keys that are there
    are never overwritten.
    """
    from groundpass.operator.api import OperatorKeys

    OperatorKeys.create(folder)
    facts = {
        "folder": str(folder),
        "for_the_authority": ["wrap.pub", "sign.pub"],
        "secret": ["wrap.pem", "sign.pem"],
    }
    give(facts, as_json=as_json)
