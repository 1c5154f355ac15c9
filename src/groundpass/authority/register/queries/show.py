"""The whole record of a terminal, personal data included: each look is written down, with its purpose."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from groundpass.authority.accounts.api import User, has_right, require
from groundpass.authority.audit.api import record_read
from groundpass.authority.register.models import Application, Holder, Registration, RegistrationFlip, Terminal
from groundpass.authority.register.queries.lookup import find_terminal, registration_of, unknown_terminal
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.ids import show as show_identifier
from groundpass.kernel.core.intervals import to_seconds


@dataclass(frozen=True, slots=True)
class HolderRecord:
    """Who holds it, opened for this look."""

    uuid: UUID
    holder_class: str
    name: str
    tax_id: str
    sealed_reference: str


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """An application of the terminal. `submitted_at` in UTC seconds."""

    uuid: UUID
    state: str
    submitted_at: int
    submitted_by: str
    office: str
    shown: bool
    document_type: str
    document_last: str
    reason: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that a registration took. `at` in UTC seconds."""

    registration: UUID
    from_state: str
    to_state: str
    at: int
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class TerminalRecord:
    """Everything about a terminal. Times in UTC seconds; None where there is no live registration."""

    uuid: UUID
    scheme: str
    identifier: str
    other_identifiers: tuple[tuple[str, str], ...]
    registration: UUID | None
    state: str
    usage_class: str
    profile: str
    valid_from: int | None
    valid_until: int | None
    holder: HolderRecord
    applications: tuple[ApplicationRecord, ...]
    history: tuple[Turn, ...]


@transaction.atomic
def show(text: str, *, actor: User, purpose: str, now: int) -> TerminalRecord:
    """Open the record of a terminal, known by its UTID or KIT number, and write down who looked and why.

    Raises:
        NoRight: the actor may not read personal records.
        NotFound: no such terminal, or one of the protected channel and not theirs to see.
        BadIdentifier: the number does not read.
        BadInput: no purpose is given.
    """
    if not purpose.strip():
        raise BadInput("A personal record is opened for a purpose", todo="Say what you need it for")
    if not has_right(actor, "register.read_protected"):
        require(actor, "register.read")
    terminal = find_terminal(text)
    registration = registration_of(terminal)
    applications = list(_applications(terminal))
    holder = registration.holder if registration else applications[0].holder
    if not has_right(actor, "register.read_protected" if holder.protected else "register.read"):
        raise unknown_terminal()
    record_read(actor.username, f"terminal:{terminal.uuid}", purpose.strip(), now)
    return _record(terminal, registration, holder, applications)


def _applications(terminal: Terminal) -> list[Application]:
    rows = terminal.applications.select_related("holder__holder_class", "submitted_by", "office")
    return list(rows.order_by("-pk"))


def _record(
    terminal: Terminal, registration: Registration | None, holder: Holder, applications: list[Application]
) -> TerminalRecord:
    last = terminal.registrations.select_related("usage_class").order_by("-pk").first()
    other = terminal.identifiers.filter(ends=None).order_by("scheme").values_list("scheme", "value")
    return TerminalRecord(
        terminal.uuid,
        terminal.scheme,
        show_identifier(terminal.value, terminal.scheme),
        tuple(other),
        registration.uuid if registration else None,
        last.state if last else applications[0].state,
        (last or applications[0]).usage_class.code,
        last.profile if last else "",
        to_seconds(registration.valid_from) if registration else None,
        to_seconds(registration.valid_until) if registration else None,
        HolderRecord(
            holder.uuid, holder.holder_class.code, holder.name, holder.tax_id, holder.sealed_reference
        ),
        # what was said by another holder is not shown beside this one
        tuple(_application(row) for row in applications if row.holder_id == holder.pk),
        tuple(_turn(flip) for flip in _flips(terminal)),
    )


def _flips(terminal: Terminal) -> list[RegistrationFlip]:
    flips = RegistrationFlip.objects.filter(registration__terminal=terminal)
    return list(flips.select_related("registration", "actor").order_by("at", "pk"))


def _turn(flip: RegistrationFlip) -> Turn:
    return Turn(
        flip.registration.uuid,
        flip.from_state,
        flip.to_state,
        to_seconds(flip.at),
        flip.reason,
        flip.actor.username,
    )


def _application(row: Application) -> ApplicationRecord:
    return ApplicationRecord(
        row.uuid,
        row.state,
        to_seconds(row.submitted_at),
        row.submitted_by.username,
        row.office.code if row.office else "",
        row.shown,
        row.document_type,
        row.document_last,
        row.reason,
    )
