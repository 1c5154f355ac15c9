"""Operations on enforcement: operators' reports, and the effect in public."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
from django.http import HttpRequest
from ninja import File, Router, Schema, Status, UploadedFile

from groundpass.authority.accounts.api import require
from groundpass.authority.enforcement import api as enforcement
from groundpass.authority.publication.api import find_feed
from groundpass.doors.rest import clock
from groundpass.doors.rest.auth import caller
from groundpass.doors.rest.files import need_multipart, on_disk

if TYPE_CHECKING:
    from groundpass.authority.enforcement.api import IncomingReport as ReportRow

router = Router(tags=["enforcement"])


class Report(Schema):
    """An enforcement report that was taken in; `figures` is what holding it against the releases found."""

    number: int
    feed: str
    serial: int
    state_hash: str
    received_at: dt.datetime
    applied_at: dt.datetime
    counts: dict[str, Any]
    figures: dict[str, Any] | None


class Reading(Schema):
    """The figures of one reconciliation; `at` in UTC seconds."""

    at: int
    feed: str
    serials: list[int]
    simulated: bool
    figures: dict[str, Any]


class Effect(Schema):
    """The figures now, and how they went, the newest first."""

    leak_rate: dict[str, Any] | None
    false_cut_rate: dict[str, Any] | None
    time_to_enforce: dict[str, Any] | None
    history: list[Reading]


def _report(row: ReportRow) -> Report:
    newest = row.reconciliations.order_by("-pk").first()
    return Report(
        number=row.pk,
        feed=row.feed.name,
        serial=row.serial,
        state_hash=row.state_hash,
        received_at=row.received_at,
        applied_at=row.applied_at,
        counts=row.counts,
        figures=newest.figures if newest else None,
    )


@router.post("/enforcement/reports", response={201: Report}, summary="Send a signed enforcement report")
def ingest(request: HttpRequest, file: File[UploadedFile]) -> Status[Report]:
    """Verify it, keep it, and hold it against the releases; the same one again changes nothing."""
    need_multipart(request)
    with on_disk(file) as path:
        came = enforcement.ingest(path, actor=caller(request), now=clock.now())
    if not came.reconciliations.exists():
        enforcement.reconcile(came, actor=caller(request), now=clock.now())
    return Status(201, _report(enforcement.find_report(came.pk)))


@router.get("/feeds/{feed}/enforcement/reports", response=list[Report], summary="List enforcement reports")
def reports(request: HttpRequest, feed: str) -> list[Report]:
    """Give those of a feed, the newest first."""
    found = find_feed(feed)
    require(caller(request), "enforcement.read", organisation=found.operator)
    return [_report(row) for row in enforcement.reports(found)]


@router.get("/effect", response=Effect, auth=None, summary="Get the public figures")
def effect(request: HttpRequest) -> Effect:
    """Give them to anybody: each with numerator, denominator, window, releases and ground truth."""
    found = enforcement.effect()
    return Effect(
        leak_rate=msgspec.to_builtins(found.leak_rate),
        false_cut_rate=msgspec.to_builtins(found.false_cut_rate),
        time_to_enforce=msgspec.to_builtins(found.time_to_enforce),
        history=[
            Reading(
                at=one.at,
                feed=one.feed,
                serials=list(one.serials),
                simulated=one.simulated,
                figures=msgspec.to_builtins(one.figures),
            )
            for one in found.history
        ],
    )
