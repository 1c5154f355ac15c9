"""`groundpass register show`: the record of a terminal."""

from __future__ import annotations

from dataclasses import asdict

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import print_facts, print_json, print_table
from groundpass.kernel.core.intervals import show_time

TIMES = ("valid_from", "valid_until")


@click.command()
@click.argument("terminal", metavar="ID")
@click.option(
    "--purpose",
    default="shown on the command line",
    show_default=True,
    help="What you need it for: the look is written down.",
)
@as_option
@now_option
@json_option
def command(*, terminal: str, purpose: str, username: str | None, now: int, as_json: bool) -> None:
    """Show the record of the terminal with the number ID (UTID or KIT), its holder included.

    Each look is written into the audit trail, with who looked and what for.
    """
    actor = authority.acting(username)
    from groundpass.authority.register.api import show

    record = asdict(show(terminal, actor=actor, purpose=purpose, now=now))
    for name in TIMES:
        record[name] = None if record[name] is None else show_time(record[name])
    for row in (*record["applications"], *record["history"]):
        for name in {"at", "submitted_at"} & set(row):
            row[name] = show_time(row[name])
    if as_json:
        print_json(record)
        return
    history, applications = record.pop("history"), record.pop("applications")
    holder = {f"holder_{name}": value for name, value in record.pop("holder").items()}
    print_facts({**record, **holder})
    print_table("Applications", list(applications[0]), [list(row.values()) for row in applications])
    if history:
        print_table("History", list(history[0]), [list(row.values()) for row in history])
