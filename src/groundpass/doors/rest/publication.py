"""Operations on publication: feeds, releases, the checkpoint of the log."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema, Status

from groundpass.authority.accounts.api import require
from groundpass.authority.publication import api as publication
from groundpass.doors.rest import clock
from groundpass.doors.rest.auth import caller

if TYPE_CHECKING:
    from groundpass.authority.publication.api import Feed as FeedRow
    from groundpass.authority.publication.api import Release as ReleaseRow

router = Router(tags=["publication"])


class Feed(Schema):
    """A feed; `serial` is what is public, null before the first."""

    name: str
    operator: str
    session: str
    scheme: str
    serial: int | None


class Release(Schema):
    """A release; `impact` is null before its assessment."""

    feed: str
    serial: int
    state: str
    issued_at: dt.datetime
    built_by: str
    entries: int
    state_hash: str
    ruleset: int
    demand: str
    two_people: bool
    consents: list[str]
    published_at: dt.datetime | None
    impact: dict[str, Any] | None


class Checkpoint(Schema):
    """The head of the transparency log: a C2SP signed note, and the key that verifies it."""

    note: str
    key: str


def _feed(row: FeedRow) -> Feed:
    offered = publication.notification_of(row)
    return Feed(
        name=row.name,
        operator=row.operator.code,
        session=row.session,
        scheme=row.scheme,
        serial=offered.serial if offered else None,
    )


def _release(row: ReleaseRow) -> Release:
    impact = publication.impact_of(row)
    return Release(
        feed=row.feed.name,
        serial=row.serial,
        state=row.state,
        issued_at=row.issued_at,
        built_by=row.built_by.username,
        entries=row.entries,
        state_hash=row.state_hash,
        ruleset=row.ruleset.number,
        demand=row.demand,
        two_people=row.two_people,
        consents=[consent.user.username for consent in row.consents.all()],
        published_at=row.published_at,
        impact=msgspec.to_builtins(impact) if impact else None,
    )


def _find(feed: str, serial: int) -> ReleaseRow:
    return publication.find_release(publication.find_feed(feed), serial)


@router.get("/feeds", response=list[Feed], summary="List the feeds")
def feeds(request: HttpRequest) -> list[Feed]:
    """Give all of them, by name."""
    require(caller(request), "release.read")
    return [_feed(row) for row in publication.feeds()]


@router.get("/feeds/{feed}/releases", response=list[Release], summary="List the releases of a feed")
def releases(request: HttpRequest, feed: str) -> list[Release]:
    """Give all of them, the newest first."""
    require(caller(request), "release.read")
    return [_release(row) for row in publication.releases(publication.find_feed(feed))]


@router.post("/feeds/{feed}/releases", response={201: Release}, summary="Build a release")
def build(request: HttpRequest, feed: str) -> Status[Release]:
    """Compile what the register and the rules say now."""
    made = publication.build(publication.find_feed(feed), actor=caller(request), now=clock.now())
    return Status(201, _release(made))


@router.get("/feeds/{feed}/releases/{serial}", response=Release, summary="Get a release")
def release(request: HttpRequest, feed: str, serial: int) -> Release:
    """Give one."""
    require(caller(request), "release.read")
    return _release(_find(feed, serial))


@router.post("/feeds/{feed}/releases/{serial}/assess", response=Release, summary="Assess a release")
def assess(request: HttpRequest, feed: str, serial: int) -> Release:
    """Count who would lose service, and say who has to agree."""
    publication.assess(_find(feed, serial), actor=caller(request), now=clock.now())
    return _release(_find(feed, serial))


@router.post("/feeds/{feed}/releases/{serial}/publish", response=Release, summary="Publish a release")
def publish(request: HttpRequest, feed: str, serial: int) -> Release:
    """Agree to it, and make it public where that is enough; 409 says who else has to agree."""
    publication.publish(_find(feed, serial), actor=caller(request), now=clock.now())
    return _release(_find(feed, serial))


@router.get("/feeds/{feed}/checkpoint", response=Checkpoint, auth=None, summary="Get the log's checkpoint")
def checkpoint(request: HttpRequest, feed: str) -> Checkpoint:
    """Give it to anybody: a log that only its keeper reads proves nothing."""
    found = publication.find_feed(feed)
    note = (publication.public_folder(found) / "log" / "checkpoint").read_text("utf-8")
    return Checkpoint(note=note, key=publication.log_key(found).text())
