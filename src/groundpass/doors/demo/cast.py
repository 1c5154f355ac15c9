"""The invented people who tell the story: appointed by the same commands as real ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from groundpass.authority.accounts import api as accounts
from groundpass.authority.accounts.api import Office, Organisation, User

# user name → role, where the person stands, page on which their work begins
ROLES: Final[dict[str, tuple[str, str, str]]] = {
    "clerk": ("clerk", "office", "/clerk/register/"),
    "holder": ("holder", "", "/"),
    "reviewer": ("reviewer", "authority", "/reviewer/queue/"),
    "officer": ("officer", "authority", "/officer/releases/"),
    "officer2": ("officer", "authority", "/officer/releases/"),
    "liaison": ("liaison", "authority", "/clerk/register/"),
    "engineer": ("engineer", "operator", "/operator/feeds/"),
    "auditor": ("auditor", "authority", "/auditor/events/"),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody who acts, the organisations for which they act, and the word that lets all of them in."""

    password: str
    authority: Organisation
    operator: Organisation
    office: Office
    admin: User
    clerk: User
    holder: User
    reviewer: User
    officer: User
    officer2: User
    liaison: User
    engineer: User
    auditor: User


def assemble(password: str, *, now: int) -> Cast:
    """Found the register and appoint everybody. Raises Refused where it has people already."""
    admin = accounts.found("admin", password, now=now)
    authority = accounts.create_organisation(
        "register", "State Register of Terminals", "authority", actor=admin, now=now
    )
    operator = accounts.create_organisation(
        "northwind", "Northwind Satellite", "operator", actor=admin, now=now
    )
    office = accounts.create_office(
        authority, "kyiv-1", "Service centre No. 1", place="Kyiv", actor=admin, now=now
    )
    people = {}
    for name, (role, where, _) in ROLES.items():
        people[name] = accounts.create_user(name, password=password, actor=admin, now=now)
        accounts.appoint(
            people[name],
            role,
            organisation={"authority": authority, "operator": operator}.get(where),
            office=office if where == "office" else None,
            actor=admin,
            now=now,
        )
    return Cast(password, authority, operator, office, admin, **people)


def sign_ins(password: str) -> list[dict[str, str]]:
    """Who may sign in, with which password, and where their work begins."""
    rows = [{"role": "admin", "user": "admin", "password": password, "page": "/home/"}]
    rows += [
        {"role": role, "user": name, "password": password, "page": page}
        for name, (role, _, page) in ROLES.items()
    ]
    return rows
