"""`groundpass audit verify`: recompute the chain of the audit trail."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option
from groundpass.doors.cli.output import give
from groundpass.kernel.core.errors import NotVerified


@click.command()
@as_option
@json_option
def command(*, username: str | None, as_json: bool) -> None:
    """Recompute the hash of every event, from the first to the last."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import require
    from groundpass.authority.audit.api import verify_chain

    require(actor, "audit.read")
    report = verify_chain()
    if not report.ok:
        raise NotVerified(
            "The audit trail does not hold",
            why=report.fault,
            todo="Compare it with the last good backup",
        )
    facts = {"events": report.checked, "head": report.head, "holds": True}
    give(facts, as_json=as_json)
