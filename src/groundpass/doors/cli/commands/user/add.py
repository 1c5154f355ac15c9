"""`groundpass user add`: add a person; the first one of a new register becomes its administrator."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import TYPE_CHECKING

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give

if TYPE_CHECKING:
    from groundpass.authority.accounts.api import User


@click.command()
@click.argument("name", metavar="USERNAME")
@click.option("--full-name", default="", help="The person's name.")
@click.option("--email", default="", help="The person's e-mail address.")
@as_option
@now_option
@json_option
def command(*, name: str, full_name: str, email: str, username: str | None, now: int, as_json: bool) -> None:
    """Add a person who may sign in.

    The password is asked for on a terminal; elsewhere one is invented and printed once. Rights come with
    `groundpass user appoint`. Nobody need be named for the first person: that is the administrator.
    """
    authority.ready()
    password = _password()
    if username:
        user = _add(name, password, authority.acting(username), full_name=full_name, email=email, now=now)
    else:
        user = _found(name, password, now=now)
    facts: dict[str, object] = {"username": user.username, "administrator": username is None}
    if not sys.stdin.isatty():
        facts["password"] = password
    give(facts, as_json=as_json)


def _add(name: str, password: str, actor: User, *, full_name: str, email: str, now: int) -> User:
    """Add by an administrator."""
    from groundpass.authority.accounts.api import create_user

    return create_user(name, password=password, name=full_name, email=email, actor=actor, now=now)


def _found(name: str, password: str, *, now: int) -> User:
    """Make the first person of a new register; refused where there are people already."""
    from groundpass.authority.accounts.api import found

    return found(name, password, now=now)


def _password() -> str:
    """Typed twice by a person, or invented for a script."""
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(18)
    typed = getpass.getpass("Password: ")
    if typed != getpass.getpass("Again: "):
        raise click.ClickException("The two passwords differ; nobody was added.")
    return typed
