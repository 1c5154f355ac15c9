"""What a store holds and how it stands, for people and for monitoring."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from groundpass.kernel.core.errors import CannotRun
from groundpass.operator.records import Attempt, find_record
from groundpass.operator.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """How a store stands. Times in UTC seconds, ages in seconds; None where there is no release.

    freshness: `fresh`, `late` (past refresh), `held` (past alarm), `expired` (past hold), `empty`,
    `damaged` (the copy does not have its hash) · staged: serial that waits for the duty officer
    last_error: why the last sync failed, "" if it did not · alarms: of the last sync.
    """

    folder: str
    feed: str
    freshness: str
    serial: int | None
    session: str | None
    state_hash: str | None
    entries: int | None
    issued: int | None
    age: int | None
    applied_at: int | None
    how: str | None
    staged: int | None
    staged_losing: int | None
    last_sync: int | None
    last_error: str
    alarms: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Give it as plain values."""
        return asdict(self)


def store_status(store: Path | str, *, now: int) -> StoreStatus:
    """Look at a store at `now`, UTC seconds. Raises CannotRun when there is none."""
    place = Store.open(store)
    attempt = find_record(place.folder / "attempt.json", Attempt)
    release, staged = place.release(), place.staged()
    meta = release.meta if release is not None else None
    return StoreStatus(
        folder=str(place.folder),
        feed=meta.feed if meta else place.settings.feed,
        freshness=_freshness(place, now),
        serial=meta.serial if meta else None,
        session=meta.session if meta else None,
        state_hash=meta.state_hash if meta else None,
        entries=meta.entries if meta else None,
        issued=meta.issued if meta else None,
        age=now - meta.issued if meta else None,
        applied_at=meta.applied_at if meta else None,
        how=meta.how if meta else None,
        staged=staged.meta.serial if staged is not None else None,
        staged_losing=staged.meta.losing if staged is not None else None,
        last_sync=attempt.at if attempt else None,
        last_error=attempt.error if attempt else "",
        alarms=attempt.alarms if attempt else (),
    )


def _freshness(place: Store, now: int) -> str:
    if place.release() is None:
        return "empty"
    try:
        state = place.current()
    except CannotRun:
        return "damaged"
    age, timers = now - state.issued, state.timers
    for name, least in (("expired", timers.hold), ("held", timers.alarm), ("late", timers.refresh)):
        if age >= least:
            return name
    return "fresh"
