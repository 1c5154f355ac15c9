"""At the operator: a store that trusts one root, and its syncs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundpass.authority.publication.api import Feed, public_folder, root_bytes
from groundpass.operator.api import OperatorKeys, SyncResult, build_report, init_store, sync

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.doors.demo.stage import Stage

OPERATOR = "northwind"


def join(feed: Feed, stage: Stage, *, now: int) -> SyncResult:
    """Pin the root that was handed over in person, and take the first release."""
    keys = OperatorKeys.load(stage.operator_keys)
    folder = str(public_folder(feed))
    init_store(stage.store, root_bytes(feed), keys, folder, now=now, operator=OPERATOR)
    return take(stage, now=now)


def take(stage: Stage, *, now: int) -> SyncResult:
    """Sync with the feed that the store knows."""
    return sync("", stage.store, now=now)


def report(stage: Stage, name: str, *, now: int) -> Path:
    """Write the operator's signed report."""
    path = stage.file(name)
    build_report(stage.store, path, now=now)
    return path
