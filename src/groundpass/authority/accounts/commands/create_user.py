"""Add a person who may sign in. What they may do comes by `appoint`."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from groundpass.authority.accounts.models import User
from groundpass.authority.accounts.queries import require
from groundpass.authority.audit.api import record, utc
from groundpass.kernel.core.errors import BadInput, Refused


@transaction.atomic
def create_user(  # noqa: PLR0913 - a person has this many parts, and callers name each of them
    username: str,
    *,
    password: str | None = None,
    name: str = "",
    email: str = "",
    actor: User,
    now: int,
) -> User:
    """Add a person; without a password they cannot sign in by one.

    Raises:
        NoRight: the actor may not manage accounts.
        BadInput: the user name or e-mail address does not read.
        Refused: the user name is taken.
    """
    require(actor, "accounts.manage")
    return add_user(username, password=password, name=name, email=email, actor=actor.username, now=now)


def add_user(  # noqa: PLR0913 - as above
    username: str, *, password: str | None, name: str, email: str, actor: str, now: int
) -> User:
    """Write the row and its event; the caller has the right and the transaction."""
    if User.objects.filter(username=username).exists():
        raise Refused(f"There is a user {username!r} already", todo="Choose another user name")
    user = User(
        username=username, first_name=name, email=User.objects.normalize_email(email), date_joined=utc(now)
    )
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise BadInput(f"The user {username!r} cannot be added", why=" ".join(error.messages)) from error
    user.save(force_insert=True)
    record("accounts.create_user", f"user:{username}", actor=actor, now=now)
    return user
