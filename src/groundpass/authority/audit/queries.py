"""What the chain tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundpass.authority.audit.domain.chain import GENESIS, Link
from groundpass.authority.audit.models import Event, Head, Outbox
from groundpass.kernel.core.intervals import to_seconds

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of the chain found.

    checked: events that hold, from the first on · broken_at: the sequence number of the first that does not,
    or None · fault: a sentence, "" when all hold · head: hash of the last event, for publishing elsewhere.
    """

    checked: int
    broken_at: int | None
    fault: str
    head: str

    @property
    def ok(self) -> bool:
        """Whether every event holds."""
        return self.broken_at is None


def verify_chain() -> ChainReport:
    """Recompute every hash from the first event on; stop at the first altered, removed or added row."""
    previous, checked = GENESIS, 0
    for event in Event.objects.order_by("seq").iterator(chunk_size=2000):
        fault = _fault(event, checked + 1, previous)
        if fault:
            return ChainReport(checked, min(event.seq, checked + 1), fault, previous)
        previous, checked = event.hash, event.seq
    head = Head.objects.filter(id=1).first()
    seq, last = (head.seq, head.hash) if head else (0, GENESIS)
    if (seq, last) != (checked, previous):
        fault = (
            f"The chain ends at event {checked}, and its head names event {seq}: the end was removed or added"
        )
        return ChainReport(checked, checked + 1, fault, previous)
    return ChainReport(checked, None, "", previous)


def _fault(event: Event, expected: int, previous: str) -> str:
    """Say what is wrong with an event at its place, or nothing."""
    if event.seq != expected:
        return f"Event {expected} is missing: the next one there is {event.seq}"
    if event.previous_hash != previous:
        return f"Event {expected} does not follow from the one before it"
    link = Link(
        event.seq,
        to_seconds(event.at),
        event.actor,
        event.verb,
        event.subject,
        event.clause,
        event.detail,
        event.before_sha256,
        event.after_sha256,
        event.previous_hash,
    )
    if link.hash() != event.hash:
        return f"Event {expected} was altered: its content does not give its hash"
    return ""


def events_for(subject: str) -> QuerySet[Event]:
    """Everything that happened to one subject, oldest first."""
    return Event.objects.filter(subject=subject).order_by("seq")


def events() -> QuerySet[Event]:
    """Every event, oldest first."""
    return Event.objects.order_by("seq")


def waiting(topic: str) -> QuerySet[Outbox]:
    """Messages of a topic that nobody has acted on, oldest first."""
    return Outbox.objects.filter(topic=topic, handled_at=None).select_related("event").order_by("id")
