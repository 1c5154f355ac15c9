"""`groundpass user appoint`: give a person a role, in an organisation or at an office."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give


@click.command()
@click.argument("name", metavar="USERNAME")
@click.argument("role")
@click.option("--organisation", default=None, metavar="CODE", help="The organisation for which they act.")
@click.option("--office", default=None, metavar="CODE", help="The office at which they act.")
@as_option
@now_option
@json_option
def command(
    *,
    name: str,
    role: str,
    organisation: str | None,
    office: str | None,
    username: str | None,
    now: int,
    as_json: bool,
) -> None:
    """Give a person a role: clerk, reviewer, officer, liaison, engineer, auditor, ..."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import appoint, find_office, find_organisation, find_user

    appointment = appoint(
        find_user(name),
        role,
        organisation=find_organisation(organisation) if organisation else None,
        office=find_office(office) if office else None,
        actor=actor,
        now=now,
    )
    facts: dict[str, object] = {
        "username": name,
        "role": str(appointment.role),
        "organisation": appointment.organisation.code if appointment.organisation else None,
        "office": appointment.office.code if appointment.office else None,
    }
    give(facts, as_json=as_json)
