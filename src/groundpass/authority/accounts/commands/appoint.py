"""Give a person a role, and end it."""

from __future__ import annotations

from django.db import transaction

from groundpass.authority.accounts.domain.rights import Role
from groundpass.authority.accounts.models import Appointment, Office, Organisation, User
from groundpass.authority.accounts.queries import require, require_two
from groundpass.authority.audit.api import record, utc
from groundpass.kernel.core.errors import BadInput, Refused


@transaction.atomic
def appoint(  # noqa: PLR0913 - an appointment has this many parts, and callers name each of them
    user: User,
    role: Role | str,
    *,
    organisation: Organisation | None = None,
    office: Office | None = None,
    actor: User,
    now: int,
) -> Appointment:
    """Appoint a person, in an organisation, at an office, or everywhere when neither is given.

    Raises:
        NoRight: the actor may not manage accounts.
        SecondPerson: nobody appoints themselves.
        BadInput: there is no such role, or the office is another organisation's.
    """
    require(actor, "accounts.manage")
    require_two(user, actor)
    if role not in list(Role):
        raise BadInput(f"There is no role {role!r}", todo=f"Choose one of {', '.join(Role)}")
    if office and organisation and office.organisation_id != organisation.pk:
        raise BadInput(f"{office} is not an office of {organisation}")
    return put_in_office(
        user, Role(role), organisation=organisation, office=office, actor=actor.username, now=now
    )


def put_in_office(  # noqa: PLR0913 - as above
    user: User, role: Role, *, organisation: Organisation | None, office: Office | None, actor: str, now: int
) -> Appointment:
    """Write the row and its event; the caller has the right and the transaction."""
    appointment = Appointment(
        user=user,
        role=role,
        organisation=organisation or (office.organisation if office else None),
        office=office,
        starts=utc(now),
    )
    appointment.save(force_insert=True)
    record("accounts.appoint", f"user:{user.username}", actor=actor, now=now, detail=_detail(appointment))
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, actor: User, now: int) -> Appointment:
    """End an appointment now. Raises NoRight; Refused when it has ended already."""
    require(actor, "accounts.manage")
    row = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if row.ends is not None:
        raise Refused(f"The appointment {row} has ended already")
    row.ends = utc(now)
    row.save(update_fields=["ends"])
    record(
        "accounts.end_appointment",
        f"user:{row.user.username}",
        actor=actor.username,
        now=now,
        detail=_detail(row),
    )
    return row


def _detail(appointment: Appointment) -> dict[str, object]:
    return {
        "role": appointment.role,
        "organisation": appointment.organisation.code if appointment.organisation else None,
        "office": appointment.office.code if appointment.office else None,
    }
