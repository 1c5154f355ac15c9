"""Publish a release: agree to it, and once enough have agreed, sign it and make it public.

1. Whoever publishes agrees to it thereby; the consent stays, also when others are still needed.
2. The brake counts again and signs by itself, or refuses with a sentence that says who is needed.
3. Order: log leaf, both signatures, files, timestamp last, then `current.json`, then the row. A kill at any
   instant leaves the old release or the new one public; `publish` again finishes what was begun.
4. Only a serial above the one that is public is published; what was built before it is superseded.
5. States stay as long as the brake looks back to them, and of published releases for `KEPT`, of the last
   `KEPT_RELEASES` always: operators report late, and a report is held against what was promised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from groundpass.authority.accounts.api import User, require, roles_of
from groundpass.authority.audit.api import record, utc
from groundpass.authority.publication import work
from groundpass.authority.publication.activity import activity_of
from groundpass.authority.publication.approvals import collect
from groundpass.authority.publication.brake.agreement import Agreement, agreed, is_person
from groundpass.authority.publication.brake.guard import Guard, Opinion
from groundpass.authority.publication.commands.log_release import log_release
from groundpass.authority.publication.folders import Folders
from groundpass.authority.publication.models import Consent, Release
from groundpass.authority.publication.packing import pack
from groundpass.kernel.core.errors import CannotRun, NotVerified, Refused
from groundpass.kernel.core.state import DAY
from groundpass.kernel.trust.tufrepo import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.kernel.core.state import State
    from groundpass.kernel.wire.notification import Notification

KEPT: Final = 3 * DAY  # seconds
KEPT_RELEASES: Final = 10


def publish(release: Release, *, actor: User, now: int, offline_keys: Path | None = None) -> Release:
    """Agree to a release as `actor`, and publish it if that is enough.

    `offline_keys`: a folder with root keys (`root-N.pem`), or approvals signed elsewhere
    (`*.approval.json`).
    Raises NoRight; Refused where it is not assessed, superseded or public already; SecondPerson and
    BrakeEngaged where more have to agree; NotVerified, CannotRun.
    """
    require(actor, "release.publish")
    folders = Folders(release.feed.name)
    with folders.locked():
        release = Release.objects.select_related("feed", "ruleset").get(pk=release.pk)
        public = work.current(folders)
        if _is_public(release, public):
            return _finish(release, actor, now)
        _check_open(release, public)
        _consent(release, actor, now)
        approvals = collect(folders, release, offline_keys)
        data = work.read_state_bytes(folders, release.serial, release.state_hash)
        opinion = Guard(folders).consider(data, activity_of(release.feed, now), now=now)
        agreement = agreed(release, approvals, folders.root_keys())
        agreement.check(opinion.judgement.demand, opinion.state)
        _make_public(release, opinion, agreement, public, now)
        done = _finish(release, actor, now)
        work.drop_states(folders, _needed(release, now), release.serial)
        return done


def _is_public(release: Release, public: Notification | None) -> bool:
    """Whether the files are out and only the row is not (rule 3). Raises Refused where the row is as well."""
    if public is None or (public.serial, public.state_hash) != (release.serial, release.state_hash):
        return False
    if release.state == Release.State.PUBLISHED:
        raise Refused(f"Release {release.serial} is published already")
    return True


def _check_open(release: Release, public: Notification | None) -> None:
    if public is not None and public.serial >= release.serial:
        raise Refused(
            f"Release {release.serial} comes too late",
            why=f"release {public.serial} is public",
            todo="Build a new one; a serial never goes back",
        )
    if release.state == Release.State.BUILT:
        raise Refused(
            f"Release {release.serial} is not assessed",
            todo=f"Run: groundpass release assess {release.serial}",
        )
    if release.state not in {Release.State.ASSESSED, Release.State.CONSENTED}:
        raise Refused(f"Release {release.serial} is {release.state}", todo="Build a new one")


@transaction.atomic
def _consent(release: Release, actor: User, now: int) -> None:
    """Write that a person agrees, once."""
    if not is_person(roles_of(actor)):
        return
    given = {"state_hash": release.state_hash, "at": utc(now)}
    _, fresh = Consent.objects.get_or_create(release=release, user=actor, defaults=given)
    if fresh:
        Release.objects.filter(pk=release.pk).update(state=Release.State.CONSENTED)
        subject = f"release:{release.feed.name}:{release.serial}"
        record(
            "release.consent", subject, actor=actor.username, now=now, detail={"state": release.state_hash}
        )


def _make_public(
    release: Release, opinion: Opinion, agreement: Agreement, public: Notification | None, now: int
) -> None:
    folders = Folders(release.feed.name)
    log_release(folders, release)
    packed = pack(folders, opinion.state, opinion.state_hash, _base(folders, public), public)
    repository = Repository(folders.public)
    draft = repository.prepare(packed.targets, keep=packed.keep, now=now, floor=release.serial)
    draft.sign("targets", folders.signer("publisher"))
    Guard(folders).sign(draft, opinion, agreement, now=now)
    repository.commit(draft, folders.signer("online"), now=now)
    work.set_current(folders, packed.notification)
    repository.prune()


def _base(folders: Folders, public: Notification | None) -> State | None:
    """The state that is public; None where it was lost, and clients then take the snapshot."""
    if public is None:
        return None
    try:
        return work.read_state(folders, public.serial, public.state_hash)
    except (CannotRun, NotVerified):
        return None


def _needed(release: Release, now: int) -> set[int]:
    """Serials whose states stay (rule 5)."""
    published = Release.objects.filter(feed=release.feed, state=Release.State.PUBLISHED)
    recent = published.filter(published_at__gte=utc(now - KEPT)).values_list("serial", flat=True)
    last = published.order_by("-serial").values_list("serial", flat=True)[:KEPT_RELEASES]
    remembered = [one.serial for one in Guard(Folders(release.feed.name)).journal.read()]
    return {*recent, *last, *remembered}


@transaction.atomic
def _finish(release: Release, actor: User, now: int) -> Release:
    rows = Release.objects.filter(feed=release.feed)
    rows.filter(pk=release.pk).update(state=Release.State.PUBLISHED, published_at=utc(now))
    older = rows.filter(serial__lt=release.serial).exclude(state=Release.State.PUBLISHED)
    older.update(state=Release.State.SUPERSEDED)
    people = list(release.consents.order_by("at").values_list("user__username", flat=True))
    record(
        "release.publish",
        f"release:{release.feed.name}:{release.serial}",
        actor=actor.username,
        now=now,
        detail={"state": release.state_hash, "entries": release.entries, "consents": people},
        topic="release.published",
    )
    release.refresh_from_db()
    return release
