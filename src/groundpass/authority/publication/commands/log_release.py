"""What the transparency log says of a release: that it was, and that its rules were new. Never what is in it.

A leaf is written once: the place it will get is noted in the row before, so that a publisher that was killed
in between finds it again and does not log the same act twice.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from django.db import transaction

from groundpass.authority.publication.models import Release
from groundpass.kernel.core.errors import Refused
from groundpass.kernel.trust import log
from groundpass.kernel.trust.tiles import WIDTH, read_bundle
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Count, Session, Sha256, Word

if TYPE_CHECKING:
    from groundpass.authority.publication.folders import Folders


class Logged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leaf of the kind `release` commits to."""

    feed: Word
    session: Session
    serial: Count
    state_hash: Sha256


class LoggedRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a leaf of the kind `rules` commits to: the rule set that a release is the first to carry."""

    feed: Word
    serial: Count
    ruleset: Count
    text_sha256: Sha256


def log_release(folders: Folders, release: Release) -> None:
    """Append the leaves of a release, unless they are there already. Sets `log_index`. Raises Refused."""
    leaves = leaves_of(release)
    signer = folders.log_signer()
    size = log.read_checkpoint(folders.log, signer.key).size
    place = release.log_index
    if place is not None and size > place:
        if _leaf(folders, place, size) != leaves[-1]:
            raise Refused(
                f"The log has another leaf where release {release.serial} stands", todo="Restore the log"
            )
        return
    with transaction.atomic():
        release.log_index = size + len(leaves) - 1
        Release.objects.filter(pk=release.pk).update(log_index=release.log_index)
    log.append_leaves(folders.log, leaves, signer, known_size=_known_size(release))


def leaves_of(release: Release) -> list[bytes]:
    """The leaves of a release, its own last."""
    salt, feed = bytes.fromhex(release.log_salt), release.feed.name
    logged = Logged(feed, release.session, release.serial, release.state_hash)
    leaves = [log.commit("release", canonical.write(logged), salt)]
    before = Release.objects.filter(
        feed=release.feed, state=Release.State.PUBLISHED, serial__lt=release.serial
    )
    last = before.order_by("-serial").first()
    if last is None or last.ruleset_id != release.ruleset_id:
        digest = hashlib.sha256(release.ruleset.text.encode()).hexdigest()
        rules = LoggedRules(feed, release.serial, release.ruleset.number, digest)
        leaves.insert(0, log.commit("rules", canonical.write(rules), hashlib.sha256(salt).digest()))
    return leaves


def _known_size(release: Release) -> int:
    """The least size that the log must have: past the leaf of every release that was published."""
    rows = Release.objects.filter(feed=release.feed, state=Release.State.PUBLISHED, log_index__isnull=False)
    last = rows.order_by("-log_index").first()
    return 1 if last is None or last.log_index is None else last.log_index + 1


def _leaf(folders: Folders, place: int, size: int) -> bytes:
    bundle, row = divmod(place, WIDTH)
    return read_bundle(folders.log, bundle, min(WIDTH, size - bundle * WIDTH))[row]
