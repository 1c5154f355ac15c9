"""Write events at the end of the chain, inside the transaction of what they tell."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import connection, transaction

from groundpass.authority.audit.commands.insert_many import insert_many
from groundpass.authority.audit.domain.chain import GENESIS, Draft, Link, chained
from groundpass.authority.audit.domain.times import utc
from groundpass.authority.audit.models import Event, Head, Outbox

if TYPE_CHECKING:
    from collections.abc import Mapping


def record(  # noqa: PLR0913 - an event has this many parts, and callers name each of them
    verb: str,
    subject: str,
    *,
    actor: str,
    now: int,
    detail: Mapping[str, object] | None = None,
    clause: str = "",
    before: object = None,
    after: object = None,
    topic: str | None = None,
) -> Event:
    """Write one event; with a topic, an outbox row beside it.

    Args:
        verb: what was done, such as "register.approve".
        subject: what it was done to, such as "application:<uuid>".
        actor: the user name of who did it.
        now: UTC seconds.
        detail: integers, strings, booleans, lists, mappings; nothing personal.
        clause: the rule that it rests on.
        before: JSON-like state of the subject before; kept as SHA-256 only. Give no personal data: a hash
            of a short number is found by trying.
        after: the same, after.
        topic: for readers of the outbox.

    Raises:
        RuntimeError: outside a transaction, where event and act could part.
        TypeError: for a detail that does not hash alike on every database.
    """
    draft = Draft(verb, subject, detail or {}, clause, before, after, topic or "")
    return record_many([draft], actor=actor, now=now)[0]


def record_many(drafts: list[Draft], *, actor: str, now: int) -> list[Event]:
    """Write several events of one actor at one moment. As `record`, with one lock and a few statements."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event is written in the transaction of what it tells; open one first")
    if not drafts:
        return []
    head, _ = Head.objects.select_for_update().get_or_create(id=1, defaults={"seq": 0, "hash": GENESIS})
    links = chained(drafts, actor=actor, now=now, seq=head.seq, previous=head.hash)
    hashes = [after.previous_hash for _, after in pairwise(links)] + [links[-1].hash()]
    events = [_row(link, hash_) for link, hash_ in zip(links, hashes, strict=True)]
    insert_many(events)
    Head.objects.filter(id=1).update(seq=links[-1].seq, hash=hashes[-1])
    Outbox.objects.bulk_create(
        [
            Outbox(event=event, topic=draft.topic, payload=dict(draft.detail))
            for event, draft in zip(events, drafts, strict=True)
            if draft.topic
        ]
    )
    return events


@transaction.atomic
def record_read(actor: str, subject: str, purpose: str, now: int) -> Event:
    """Write that somebody read a personal record, and what for."""
    return record("read", subject, actor=actor, now=now, detail={"purpose": purpose})


def _row(link: Link, hash_: str) -> Event:
    return Event(
        seq=link.seq,
        at=utc(link.at),
        actor=link.actor,
        verb=link.verb,
        subject=link.subject,
        clause=link.clause,
        detail=dict(link.detail),
        before_sha256=link.before_sha256,
        after_sha256=link.after_sha256,
        previous_hash=link.previous_hash,
        hash=hash_,
    )
