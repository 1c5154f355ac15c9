"""`groundpass enforcement decide`: a person decides a case."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give

DECISIONS = ("wrongly_cut", "operator_fault", "lost", "captured", "clone", "no_fault")


@click.command()
@click.argument("number", metavar="CASE", type=int)
@click.argument("decision", type=click.Choice(DECISIONS))
@click.option("--reason", required=True, help="Why, in a sentence.")
@as_option
@now_option
@json_option
def command(
    *, number: int, decision: str, reason: str, username: str | None, now: int, as_json: bool
) -> None:
    """Decide a case: a machine gives a verdict, a person takes a decision."""
    actor = authority.acting(username)
    from groundpass.authority.enforcement.api import decide_case, find_case

    row = decide_case(find_case(number), decision, reason, actor=actor, now=now)
    give({"case": row.pk, "state": str(row.state), "decision": row.decision}, as_json=as_json)
