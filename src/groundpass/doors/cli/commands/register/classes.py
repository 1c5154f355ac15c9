"""`groundpass register classes`: load who may register what, as a country's law says."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_option
@now_option
@json_option
def command(*, file: Path | None, username: str | None, now: int, as_json: bool) -> None:
    """Load holder classes, quotas and validity from FILE (YAML); without one, those of Ukraine."""
    actor = authority.acting(username)
    from groundpass.authority.register.api import load_classes

    country = load_classes(file, actor=actor, now=now)
    facts = {
        "country": country.country,
        "holder_classes": list(country.holder_classes),
        "usage_classes": list(country.usage_classes),
    }
    give(facts, as_json=as_json)
