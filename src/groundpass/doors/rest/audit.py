"""Operations on the audit chain."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from groundpass.authority.accounts.api import require
from groundpass.authority.audit import api as audit
from groundpass.doors.rest.auth import caller

router = Router(tags=["audit"])


class Event(Schema):
    """One event of the chain."""

    seq: int
    at: dt.datetime
    actor: str
    verb: str
    subject: str
    clause: str
    detail: dict[str, Any]
    previous_hash: str
    hash: str


class Chain(Schema):
    """What a check of the whole chain found."""

    ok: bool
    checked: int
    broken_at: int | None
    fault: str
    head: str


@router.get("/audit/events", response=list[Event], summary="List audit events")
def events(
    request: HttpRequest,
    subject: str = "",
    after: Annotated[int, Field(ge=0)] = 0,
    limit: Annotated[int, Field(ge=1, le=1000)] = 100,
) -> list[Event]:
    """Give events in their order, after a sequence number, of all subjects or of one."""
    require(caller(request), "audit.read")
    found = audit.events_for(subject) if subject else audit.events()
    rows = found.filter(seq__gt=after)[:limit]
    return [Event.model_validate(row, from_attributes=True) for row in rows]


@router.get("/audit/chain", response=Chain, summary="Check the whole audit chain")
def chain(request: HttpRequest) -> Chain:
    """Recompute every hash."""
    require(caller(request), "audit.read")
    report = audit.verify_chain()
    return Chain(
        ok=report.ok,
        checked=report.checked,
        broken_at=report.broken_at,
        fault=report.fault,
        head=report.head,
    )
