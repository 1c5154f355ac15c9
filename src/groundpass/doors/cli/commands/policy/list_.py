"""`groundpass policy list`: every rule set, the newest first."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.commands.policy import facts_of
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give_rows


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """List the rule sets, the newest first."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.policy.api import rulesets

    require(actor, "policy.read")
    rows = [facts_of(row) for row in rulesets()]
    give_rows("rule_sets", rows, as_json=as_json)
