"""`groundpass migrate`: make the register, or bring its tables to this version."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import json_option
from groundpass.doors.cli.output import give


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """Make the register, or bring its tables to this version; run it again at will."""
    authority.start()
    _, waiting = authority.migrations()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    facts = {"applied": waiting, "waiting": 0}
    give(facts, as_json=as_json)
    if not as_json:
        click.echo("Next: groundpass user add NAME (the first one becomes the administrator).")
