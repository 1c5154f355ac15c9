"""`groundpass policy approve`: the second of two officers."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.policy import facts_of
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("number", metavar="ID", type=int)
@as_option
@now_option
@json_option
def command(*, number: int, username: str | None, now: int, as_json: bool) -> None:
    """Approve the rule set with the number ID. Whoever proposed it cannot."""
    actor = authority.acting(username)
    from groundpass.authority.policy.api import approve

    facts = facts_of(approve(number, actor=actor, now=now))
    give(facts, as_json=as_json)
