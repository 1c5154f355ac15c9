"""Operations on the register: check, applications, imports, registrations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited
from ninja import File, Form, Router, Schema, Status, UploadedFile
from ninja.errors import HttpError
from pydantic import ConfigDict, Field

from groundpass.authority.register import api as register
from groundpass.doors.rest import clock
from groundpass.doors.rest.auth import caller
from groundpass.doors.rest.files import need_multipart, on_disk
from groundpass.kernel.core.ids import show

if TYPE_CHECKING:
    from groundpass.authority.register.api import Application as ApplicationRow
    from groundpass.authority.register.api import Registration as RegistrationRow

router = Router(tags=["register"])
Text = Annotated[str, Field(max_length=500)]


class In(Schema):
    """What comes in: nothing that is not declared."""

    model_config = ConfigDict(extra="forbid")


class Terminal(In):
    """A terminal by its UTID or KIT number."""

    terminal: Text


class Asked(Terminal):
    """A terminal, and what somebody needs its record for."""

    purpose: Text


class Reason(In):
    """Why."""

    reason: Text


class PublicAnswer(Schema):
    """What anybody may know of any terminal."""

    state: str
    sentence: dict[str, str]


class Submission(In):
    """An application, as text."""

    terminal: Text
    holder_class: Text
    usage_class: Text
    tax_id: Text = ""
    name: Text = ""
    shown: bool = False
    document_type: Text = ""
    document_last: Text = ""
    kit: Text = ""
    office: Text = ""
    sealed_reference: Text = ""


class Application(Schema):
    """An application; of its holder nothing."""

    uuid: UUID
    terminal: str
    usage_class: str
    office: str | None
    shown: bool
    state: str
    submitted_at: dt.datetime
    submitted_by: str
    reason: str


class Registration(Schema):
    """A registration; of its holder nothing."""

    uuid: UUID
    state: str
    profile: str
    valid_from: dt.datetime
    valid_until: dt.datetime


class Holder(Schema):
    """Who holds a terminal."""

    uuid: UUID
    holder_class: str
    name: str
    tax_id: str
    sealed_reference: str


class Turn(Schema):
    """A turn that a registration took; `at` in UTC seconds."""

    registration: UUID
    from_state: str
    to_state: str
    at: int
    reason: str
    actor: str


class Record(Schema):
    """The whole record of a terminal; times in UTC seconds."""

    uuid: UUID
    scheme: str
    identifier: str
    registration: UUID | None
    state: str
    usage_class: str
    profile: str
    valid_from: int | None
    valid_until: int | None
    holder: Holder
    history: list[Turn]


class RowError(Schema):
    """What is wrong with a row of a file."""

    line: int
    column: str
    value: str
    reason: str
    fix: str


class Imported(Schema):
    """What became of a file."""

    batch: UUID
    rows: int
    accepted: int
    duplicates: int
    errors: list[RowError]
    unknown_columns: list[str]
    dry_run: bool


def _application(row: ApplicationRow) -> Application:
    return Application(
        uuid=row.uuid,
        terminal=show(row.terminal.value, row.terminal.scheme),
        usage_class=row.usage_class.code,
        office=row.office.code if row.office else None,
        shown=row.shown,
        state=row.state,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by.username,
        reason=row.reason,
    )


def _registration(row: RegistrationRow) -> Registration:
    return Registration.model_validate(row, from_attributes=True)


@router.post("/check", response=PublicAnswer, auth=None, summary="Tell whether a terminal is registered")
def check(request: HttpRequest, body: Terminal) -> PublicAnswer:
    """Answer anybody, by address at the rate of the self-check; of the holder nothing."""
    rate = settings.GROUNDPASS_CHECK_RATE
    if is_ratelimited(request, group="self-check", key="ip", rate=rate, increment=True):
        raise HttpError(429, "Wait a minute, then ask again")
    status = register.public_status(body.terminal, now=clock.now())
    return PublicAnswer(state=status.state, sentence=status.sentences)


@router.post("/applications", response={201: Application}, summary="Submit an application")
def submit(request: HttpRequest, body: Submission) -> Status[Application]:
    """Take an application; everything that is wrong with it is in `problems`."""
    made = register.submit(register.Submission(**body.model_dump()), actor=caller(request), now=clock.now())
    return Status(201, _application(register.find_application(made.uuid)))


@router.get("/applications", response=list[Application], summary="List what waits for you to decide")
def queue(request: HttpRequest, limit: Annotated[int, Field(ge=1, le=1000)] = 100) -> list[Application]:
    """Give the oldest ones."""
    return [_application(row) for row in register.queue(caller(request))[:limit]]


@router.post("/applications/{uuid}/approve", response=Registration, summary="Approve an application")
def approve(request: HttpRequest, uuid: UUID) -> Registration:
    """Approve, as somebody else than who submitted it."""
    found = register.find_application(uuid)
    return _registration(register.approve(found, actor=caller(request), now=clock.now()))


@router.post("/applications/{uuid}/refuse", response=Application, summary="Refuse an application")
def refuse(request: HttpRequest, uuid: UUID, body: Reason) -> Application:
    """Refuse, with the reason that the holder is told."""
    found = register.find_application(uuid)
    register.refuse(found, body.reason, actor=caller(request), now=clock.now())
    return _application(register.find_application(uuid))


@router.post("/imports", response=Imported, summary="Import a CSV or XLSX of applications")
def import_file(request: HttpRequest, file: File[UploadedFile], dry_run: Form[bool] = False) -> Imported:  # noqa: FBT002 - a form field has no keyword
    """Take the good rows in, and tell the bad ones; the same file again changes nothing."""
    need_multipart(request)
    with on_disk(file) as path:
        result = register.import_file(path, actor=caller(request), now=clock.now(), dry_run=dry_run)
    return Imported.model_validate(result, from_attributes=True)


@router.post("/registrations/show", response=Record, summary="Open the record of a terminal")
def show_record(request: HttpRequest, body: Asked) -> Record:
    """Open the whole record; that somebody looked, and why, is written into the audit."""
    record = register.show(body.terminal, actor=caller(request), purpose=body.purpose, now=clock.now())
    return Record.model_validate(record, from_attributes=True)


@router.post("/registrations/{uuid}/suspend", response=Registration, summary="Suspend a registration")
def suspend(request: HttpRequest, uuid: UUID, body: Reason) -> Registration:
    """Take a terminal off the list for a while."""
    found = register.find_registration(uuid)
    return _registration(register.suspend(found, body.reason, actor=caller(request), now=clock.now()))


@router.post("/registrations/{uuid}/resume", response=Registration, summary="Resume a registration")
def resume(request: HttpRequest, uuid: UUID, body: Reason) -> Registration:
    """Put a suspended terminal back on the list."""
    found = register.find_registration(uuid)
    return _registration(register.resume(found, body.reason, actor=caller(request), now=clock.now()))


@router.post("/registrations/{uuid}/revoke", response=Registration, summary="Revoke a registration")
def revoke(request: HttpRequest, uuid: UUID, body: Reason) -> Registration:
    """End a registration for good."""
    found = register.find_registration(uuid)
    return _registration(register.revoke(found, body.reason, actor=caller(request), now=clock.now()))
