"""`groundpass policy propose`: the first of two officers."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.policy import facts_of
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_option
@now_option
@json_option
def command(*, file: Path, username: str | None, now: int, as_json: bool) -> None:
    """Propose the rule set in FILE (YAML). The latest versions of its territories are pinned."""
    actor = authority.acting(username)
    from groundpass.authority.policy.api import propose

    facts = facts_of(propose(file, actor=actor, now=now))
    give(facts, as_json=as_json)
    if not as_json:
        click.echo(f"Next: a second officer runs groundpass policy approve {facts['number']} --as NAME")
