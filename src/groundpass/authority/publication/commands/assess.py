"""Assess a release: who would lose service by it, and who has to agree before it may be published.

The brake is asked what it will demand, so that an officer is told now what will be demanded then. It counts
again when it signs: telemetry may have come in, or another release gone out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record
from groundpass.authority.publication import work
from groundpass.authority.publication.activity import activity_of
from groundpass.authority.publication.brake.guard import Guard, Opinion
from groundpass.authority.publication.domain.report import Impact, impact
from groundpass.authority.publication.folders import Folders
from groundpass.authority.publication.models import Release
from groundpass.kernel.core.errors import Refused

if TYPE_CHECKING:
    from groundpass.authority.publication.domain.activity import Activity

OPEN = (Release.State.BUILT, Release.State.ASSESSED, Release.State.CONSENTED)


def assess(release: Release, *, actor: User, now: int) -> Impact:
    """Count the effect of a release and store it with the row; again, if asked again, until it is published.

    Raises NoRight, Refused where it is published or superseded, NotVerified, CannotRun.
    """
    require(actor, "release.assess")
    folders = Folders(release.feed.name)
    with folders.locked():
        activity = activity_of(release.feed, now)
        data = work.read_state_bytes(folders, release.serial, release.state_hash)
        opinion = Guard(folders).consider(data, activity, now=now)
        return _store(release, opinion, activity, actor, now)


@transaction.atomic
def _store(release: Release, opinion: Opinion, activity: Activity, actor: User, now: int) -> Impact:
    found = impact(opinion.previous, opinion.state, opinion.day, opinion.step, opinion.judgement, activity)
    values = {"impact": msgspec.to_builtins(found), "demand": found.demand, "two_people": found.two_people}
    rows = Release.objects.filter(pk=release.pk)
    changed = rows.filter(state=Release.State.BUILT).update(state=Release.State.ASSESSED, **values)
    if not changed and not rows.filter(state__in=OPEN).update(**values):
        release.refresh_from_db()
        raise Refused(f"Release {release.serial} is {release.state}", todo="Build a new one")
    release.refresh_from_db()
    record(
        "release.assess",
        f"release:{release.feed.name}:{release.serial}",
        actor=actor.username,
        now=now,
        detail={"losing": found.losing, "protected": found.protected, "demand": found.demand},
    )
    return found
