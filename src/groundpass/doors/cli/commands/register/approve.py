"""`groundpass register approve`: applications become registrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give, progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groundpass.authority.accounts.api import User
    from groundpass.authority.register.api import Application


@click.command()
@click.argument("applications", metavar="[APPLICATION]...", nargs=-1)
@click.option("--batch", metavar="BATCH", help="All of one import that wait.")
@click.option("--all", "everything", is_flag=True, help="Every application that waits for you.")
@as_option
@now_option
@json_option
def command(
    *,
    applications: tuple[str, ...],
    batch: str | None,
    everything: bool,
    username: str | None,
    now: int,
    as_json: bool,
) -> int:
    """Approve applications by their numbers, by the import that brought them, or all that wait.

    Whoever submitted an application cannot approve it. What is refused is told, and the exit code is then 1.
    """
    if sum((bool(applications), batch is not None, everything)) != 1:
        raise click.UsageError("Name applications, or --batch BATCH, or --all: one of the three.")
    actor = authority.acting(username)
    from groundpass.authority.register.api import approve_many

    with progress("Approving", unit="applications") as tell:
        done = approve_many(_chosen(applications, batch, actor), actor=actor, now=now, progress=tell)
    refusals = [
        {"application": str(row.application), "reason": row.error.sentence()} for row in done.refusals
    ]
    give({"approved": done.approved, "refused": len(refusals), "refusals": refusals}, as_json=as_json)
    return 1 if refusals else 0


def _chosen(applications: tuple[str, ...], batch: str | None, actor: User) -> Iterable[Application]:
    """Find them; of an import those that still wait. Raises NotFound for a number that is none."""
    import uuid

    from groundpass.authority.register.api import applications_of, find_application, queue
    from groundpass.kernel.core.errors import NotFound

    if batch is None:
        return [find_application(number) for number in applications] or queue(actor)
    unknown = NotFound(f"There is no import {batch!r}", todo="Take the batch that `register import` printed")
    try:
        found = applications_of(uuid.UUID(batch))
    except ValueError:
        raise unknown from None
    if not found.exists():
        raise unknown
    return found.filter(state="submitted")
