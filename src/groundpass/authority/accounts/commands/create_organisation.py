"""Add organisations and their offices."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models, transaction

from groundpass.authority.accounts.models import Office, Organisation, User
from groundpass.authority.accounts.queries import require
from groundpass.authority.audit.api import record
from groundpass.kernel.core.errors import BadInput


@transaction.atomic
def create_organisation(code: str, name: str, kind: str, *, actor: User, now: int) -> Organisation:
    """Add an organisation; `kind` is one of `Organisation.Kind`. Raises NoRight, BadInput."""
    require(actor, "accounts.manage")
    organisation = Organisation(code=code, name=name, kind=kind)
    _add(organisation, code)
    record(
        "accounts.create_organisation",
        f"organisation:{code}",
        actor=actor.username,
        now=now,
        detail={"kind": kind},
    )
    return organisation


@transaction.atomic
def create_office(  # noqa: PLR0913 - an office has this many parts, and callers name each of them
    organisation: Organisation, code: str, name: str, *, place: str = "", actor: User, now: int
) -> Office:
    """Add an office of an organisation. Raises NoRight, BadInput."""
    require(actor, "accounts.manage")
    office = Office(organisation=organisation, code=code, name=name, place=place)
    _add(office, code)
    detail = {"organisation": organisation.code}
    record("accounts.create_office", f"office:{code}", actor=actor.username, now=now, detail=detail)
    return office


def _add(row: models.Model, code: str) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise BadInput(f"{code!r} cannot be added", why=" ".join(error.messages)) from error
    row.save(force_insert=True)
