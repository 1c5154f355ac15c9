"""The first person of a new register, who then appoints everybody else."""

from __future__ import annotations

from django.db import transaction

from groundpass.authority.accounts.commands.appoint import put_in_office
from groundpass.authority.accounts.commands.create_user import add_user
from groundpass.authority.accounts.domain.rights import Role
from groundpass.authority.accounts.models import User
from groundpass.authority.audit.api import record
from groundpass.kernel.core.errors import Refused

FOUNDER = "set-up"  # the actor of the first events: whoever holds the machine


@transaction.atomic
def found(username: str, password: str | None, *, now: int) -> User:
    """Make the first administrator, while nobody is there.

    Raises:
        Refused: when the register has people already.
        BadInput: as `create_user`.
    """
    # The event comes first: its lock makes a second founder wait here, and then find the first one.
    record("accounts.found", f"user:{username}", actor=FOUNDER, now=now)
    if User.objects.exists():
        raise Refused(
            "The register has people already",
            why="only the first one comes without an appointment",
            todo="Ask an administrator to add you",
        )
    user = add_user(username, password=password, name="", email="", actor=FOUNDER, now=now)
    put_in_office(user, Role.ADMIN, organisation=None, office=None, actor=FOUNDER, now=now)
    return user
