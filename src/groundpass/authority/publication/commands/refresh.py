"""Keep a feed fresh where nothing new is published: sign its timestamp again before it runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record
from groundpass.authority.publication.folders import Folders
from groundpass.kernel.trust.tufrepo import Repository

if TYPE_CHECKING:
    from groundpass.authority.publication.models import Feed


@transaction.atomic
def refresh(feed: Feed, *, actor: User, now: int) -> None:
    """Sign the timestamp of what is public again. Raises NoRight, CannotRun."""
    require(actor, "release.build")
    folders = Folders(feed.name)
    with folders.locked():
        Repository(folders.public).refresh(folders.signer("online"), now=now)
    record("feed.refresh", f"feed:{feed.name}", actor=actor.username, now=now)
