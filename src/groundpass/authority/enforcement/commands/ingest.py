"""Take in an operator's enforcement report.

1. The signature comes first: nothing of a report is looked at but the name of its feed before the operator's
   own key has held.
2. It answers for a release that we published: the same session, serial and state hash. Another hash means
   that the operator decides by something we never sent, and is refused loudly.
3. Its times can be true: not before the publication, not after now, five minutes of clocks apart allowed.
4. The same report again is the same row, and no event. What came in is never changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.enforcement import documents
from groundpass.authority.enforcement.domain.checks import check_rows
from groundpass.authority.enforcement.models import IncomingReport
from groundpass.authority.publication.api import Feed, Release, find_feed, published_between
from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.core.intervals import show_time, to_seconds
from groundpass.kernel.trust.files import read_whole
from groundpass.kernel.trust.signing import MAX_DOCUMENT, DsseDocument, open_document, read_public_key
from groundpass.kernel.wire.enforcement import PAYLOAD_TYPE, EnforcementReport, decode

if TYPE_CHECKING:
    import datetime as dt

CLOCKS: Final = 300  # seconds that the operator's clock and ours may differ


class _Named(msgspec.Struct):
    """The one thing read before the signature: whose key to ask for."""

    feed: str


def ingest(path: Path | str, *, actor: User, now: int) -> IncomingReport:
    """Verify a report and keep it.

    Raises:
        NoRight: the actor may not, or works for another operator.
        BadInput: it does not read, or contradicts itself.
        NotFound: no such feed.
        NotVerified: not signed by this feed's operator, or about a release that we did not publish so.
        CannotRun: the file does not open, the disk does not take it.
    """
    require(actor, "enforcement.ingest")
    document = read_whole(Path(path), limit=MAX_DOCUMENT)
    feed = find_feed(_named(document))
    require(actor, "enforcement.ingest", organisation=feed.operator)
    key = read_public_key(feed.operator_sign_public_key.encode())
    payload = open_document(document, [key], PAYLOAD_TYPE)
    report = decode(payload)
    if report.feed != feed.name:
        raise NotVerified(f"The report names the feed {report.feed} and came as one of {feed.name}")
    release = _release(feed, report)
    _check_times(report, release, now)
    check_rows(report.seen())
    sha256 = hashlib.sha256(payload).hexdigest()
    known = IncomingReport.objects.filter(sha256=sha256).first()
    if known is not None:
        return known
    place, document_sha256 = documents.save(feed.name, document)  # first: a row without its file says nothing
    values = {"ingested_at": utc(now), "document": place, "document_sha256": document_sha256}
    return _store(sha256, {**values, **_values(release, report)}, actor, now)


def _named(document: bytes) -> str:
    try:
        return msgspec.json.decode(msgspec.json.decode(document, type=DsseDocument).payload, type=_Named).feed
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadInput(
            "The file is not a signed enforcement report",
            why=str(error),
            todo="Give the file that `groundpass operator report` wrote",
        ) from error


def _release(feed: Feed, report: EnforcementReport) -> Release:
    """The release that it answers for, as we published it (rule 2)."""
    release = next(iter(published_between(feed, report.serial, report.serial)), None)
    if release is None:
        raise NotVerified(
            f"The report answers for release {report.serial} of {feed.name}, which was never published",
            todo="Ask the operator where it has it from",
        )
    if (release.session, release.state_hash) != (report.session, report.state_hash):
        raise NotVerified(
            f"The operator holds another release {report.serial} than the one that was published",
            why=f"it reports the state {report.state_hash[:16]}, and we published {release.state_hash[:16]}",
            todo="Let the operator sync again, and find out what it decided by",
        )
    return release


def _check_times(report: EnforcementReport, release: Release, now: int) -> None:
    """Rule 3. The end of the window is not checked: a single wrong clock in the field may have set it."""
    published = to_seconds(release.published_at) if release.published_at else now
    if report.received_at < published - CLOCKS:
        _impossible("received the release", report.received_at, "before it was published", published)
    if report.applied_at > now + CLOCKS:
        _impossible("applied the release", report.applied_at, "and now it is", now)
    if report.window and report.window.start > now + CLOCKS:
        _impossible("saw its first terminal", report.window.start, "and now it is", now)


def _impossible(what: str, at: int, held: str, against: int) -> None:
    raise NotVerified(
        f"The operator {what} at {show_time(at)}, {held} {show_time(against)}",
        todo="Compare the clocks of both machines",
    )


def _values(release: Release, report: EnforcementReport) -> dict[str, Any]:
    """The columns that the report itself gives."""
    window = report.window
    return {
        "feed": release.feed,
        "release": release,
        "received_at": utc(report.received_at),
        "verified_at": utc(report.verified_at),
        "applied_at": utc(report.applied_at),
        "window_start": _moment(window.start) if window else None,
        "window_end": _moment(window.end) if window else None,
        "counts": {
            "decided": report.decided,
            "by_reason": report.by_reason,
            "by_verdict": report.by_verdict,
            "flags": report.flags,
            "observed": report.observed,
        },
    }


def _moment(second: int) -> dt.datetime:
    """A time as tables hold it; one past the year 9999, which only a broken clock tells, as its end."""
    return utc(min(second, 253_402_300_799))


@transaction.atomic
def _store(sha256: str, values: dict[str, Any], actor: User, now: int) -> IncomingReport:
    row, fresh = IncomingReport.objects.get_or_create(sha256=sha256, defaults=values)
    if fresh:
        record(
            "enforcement.ingest",
            f"report:{row.feed.name}:{row.pk}",
            actor=actor.username,
            now=now,
            detail={"serial": row.serial, "sha256": sha256, "observed": row.counts["observed"]},
            topic="enforcement.ingested",
        )
    return row
