"""The invented people of every story, appointed by the same commands as real ones.

`authority` runs the register, `office` is its service centre, `operator` flies the satellites. Each person is
named after their role; `second_*` are for acts that need two; `stranger` has an account and no appointment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from groundpass.authority.accounts.api import (
    Office,
    Organisation,
    User,
    appoint,
    create_office,
    create_organisation,
    create_user,
    found,
)
from support.times import NOW

PASSWORD: Final = "correct horse battery staple"  # the same for everybody who signs in


@dataclass(frozen=True)
class Cast:
    authority: Organisation
    operator: Organisation
    office: Office
    second_office: Office
    admin: User
    clerk: User
    second_clerk: User
    office_head: User
    reviewer: User
    second_reviewer: User
    officer: User
    second_officer: User
    liaison: User
    engineer: User
    auditor: User
    holder: User
    system: User
    stranger: User


def assemble(now: int = NOW) -> Cast:
    """Found the register and appoint everybody."""
    admin = found("admin", PASSWORD, now=now)
    authority = create_organisation(
        "register", "State Register of Terminals", "authority", actor=admin, now=now
    )
    operator = create_organisation("northwind", "Northwind Satellite", "operator", actor=admin, now=now)
    office = create_office(authority, "kyiv-1", "Service centre 1", place="Kyiv", actor=admin, now=now)
    second_office = create_office(authority, "lviv-1", "Service centre 2", place="Lviv", actor=admin, now=now)

    def person(
        name: str, role: str = "", *, at: Office | None = None, of: Organisation | None = None
    ) -> User:
        user = create_user(name, password=PASSWORD, actor=admin, now=now)
        if role:
            appoint(user, role, organisation=of, office=at, actor=admin, now=now)
        return user

    return Cast(
        authority,
        operator,
        office,
        second_office,
        admin,
        clerk=person("clerk", "clerk", at=office),
        second_clerk=person("second-clerk", "clerk", at=second_office),
        office_head=person("office-head", "office_head", at=office),
        reviewer=person("reviewer", "reviewer", of=authority),
        second_reviewer=person("second-reviewer", "reviewer", of=authority),
        officer=person("officer", "officer", of=authority),
        second_officer=person("second-officer", "officer", of=authority),
        liaison=person("liaison", "liaison", of=authority),
        engineer=person("engineer", "engineer", of=operator),
        auditor=person("auditor", "auditor", of=authority),
        holder=person("holder", "holder"),
        system=person("system", "system"),
        stranger=person("stranger"),
    )
