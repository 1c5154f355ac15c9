"""The reads of publication. Nothing here writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa

from groundpass.authority.publication import work
from groundpass.authority.publication.brake.agreement import payload
from groundpass.authority.publication.domain.report import Impact
from groundpass.authority.publication.folders import Folders
from groundpass.authority.publication.models import Feed, Release
from groundpass.kernel.core.errors import NotFound
from groundpass.kernel.core.ids import normalise, parse_column
from groundpass.kernel.trust.checkpoint import LogKey
from groundpass.kernel.trust.keying import entry_keys
from groundpass.kernel.trust.tufrepo import Repository

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from django.db.models import QuerySet

    from groundpass.kernel.core.state import State
    from groundpass.kernel.wire.notification import Notification


def feeds() -> QuerySet[Feed]:
    """Every feed, by name."""
    return Feed.objects.select_related("operator").order_by("name")


def find_feed(name: str) -> Feed:
    """One feed. Raises NotFound."""
    found = feeds().filter(name=name).first()
    if found is None:
        raise NotFound(
            f"There is no feed {name!r}", why=f"known are {', '.join(f.name for f in feeds()) or 'none'}"
        )
    return found


def releases(feed: Feed) -> QuerySet[Release]:
    """The releases of a feed, the newest first."""
    rows = Release.objects.select_related("feed", "ruleset", "built_by").prefetch_related("consents__user")
    return rows.filter(feed=feed).order_by("-serial")


def find_release(feed: Feed, serial: int) -> Release:
    """One release. Raises NotFound."""
    found = releases(feed).filter(serial=serial).first()
    if found is None:
        raise NotFound(
            f"The feed {feed.name} has no release {serial}", todo="See them with: groundpass release list"
        )
    return found


def latest_published(feed: Feed) -> Release | None:
    """The release that is public, None before the first."""
    return releases(feed).filter(state=Release.State.PUBLISHED).first()


def published_between(feed: Feed, first: int, last: int) -> list[Release]:
    """Published releases with serials from `first` to `last`, in order."""
    rows = releases(feed).filter(state=Release.State.PUBLISHED, serial__gte=first, serial__lte=last)
    return list(rows.order_by("serial"))


def state_of(release: Release) -> State:
    """What a release says. Raises CannotRun where its state is not kept any more, NotVerified."""
    return work.read_state(Folders(release.feed.name), release.serial, release.state_hash)


def impact_of(release: Release) -> Impact | None:
    """What its assessment found, None before it."""
    return None if release.impact is None else msgspec.convert(release.impact, Impact)


def approval_request(release: Release) -> bytes:
    """The bytes that holders of the offline keys sign, as a DSSE document, where their keys are kept."""
    return payload(release)


def public_folder(feed: Feed) -> Path:
    """The feed as static files."""
    return Folders(feed.name).public


def work_folder(feed: Feed) -> Path:
    """Where parts above keep files of this feed that are not public."""
    return Folders(feed.name).root


def root_bytes(feed: Feed) -> bytes:
    """The first root, which the operator gets out of band and pins. Raises CannotRun."""
    return Repository(public_folder(feed)).root_bytes(1)


def log_folder(feed: Feed) -> Path:
    """The transparency log of a feed, part of its static files."""
    return Folders(feed.name).log


def log_key(feed: Feed) -> LogKey:
    """The key that the log's checkpoints are verified by."""
    return LogKey.parse(feed.log_key)


def notification_of(feed: Feed) -> Notification | None:
    """What the feed offers now, None before the first release."""
    return work.current(Folders(feed.name))


def entry_keys_of(
    feed: Feed, terminals: pa.Array | pa.ChunkedArray
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """Keys of a column of identifiers in this feed's session, and which of them read under its scheme."""
    blocks, recognised = parse_column(terminals, feed.scheme)
    return entry_keys(blocks, Folders(feed.name).feed_keys(feed.session).keying), recognised


def entry_key_of(feed: Feed, terminal: str) -> int:
    """The key of one identifier in this feed's session. Raises BadIdentifier."""
    normalise(terminal, feed.scheme)
    keys, _ = entry_keys_of(feed, pa.array([terminal], pa.string()))
    return int(keys[0])
