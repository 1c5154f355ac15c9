"""The chain of events.

1. An event's hash is SHA-256 over its canonical JSON (UTF-8, keys sorted, no blanks), which carries the hash
   of the event before it. The first one carries `GENESIS`.
2. Sequence numbers start at 1 and have no gaps, so a removed event leaves a hole that can be named.
3. The chain tells that something was altered; it cannot tell by whom, and whoever can rewrite every later row
   and the head can rewrite history. Only a head that was published elsewhere shows that.
4. Details hold integers, strings, booleans, lists and mappings. Floats are refused: two databases write the
   same float in two ways, and the hash would break without anybody having touched it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

GENESIS: Final = "0" * 64

_NOT_PLAIN: Final = (
    "An event's detail holds a {kind} at {place}: use integers, strings, booleans, lists and mappings"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What happened, before it has its place in the chain. Holds no personal data.

    verb: such as "register.approve" · subject: such as "application:<uuid>" · clause: the rule it rests on
    before, after: JSON-like states of the subject, kept as hashes only.
    topic: for readers of the outbox, or "" when nobody waits for it.
    """

    verb: str
    subject: str
    detail: Mapping[str, object] = field(default_factory=dict)
    clause: str = ""
    before: object = None
    after: object = None
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An event as the chain hashes it. `at` in UTC seconds."""

    seq: int
    at: int
    actor: str
    verb: str
    subject: str
    clause: str
    detail: Mapping[str, object]
    before_sha256: str
    after_sha256: str
    previous_hash: str

    def hash(self) -> str:
        """SHA-256 in hexadecimal over the canonical JSON."""
        return digest({name: getattr(self, name) for name in self.__slots__})


def canonical(value: object) -> bytes:
    """The one way to write a value as JSON."""
    return msgspec.json.encode(value, order="sorted")


def digest(value: object) -> str:
    """SHA-256 in hexadecimal of a value's canonical JSON; "" for None."""
    return "" if value is None else hashlib.sha256(canonical(value)).hexdigest()


def check_detail(value: object, place: str = "detail") -> None:
    """Raise TypeError for what would not hash alike on every database."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(_NOT_PLAIN.format(kind=type(key).__name__, place=f"a key of {place}"))
            check_detail(inner, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            check_detail(inner, f"{place}[{number}]")
    elif value is not None and not isinstance(value, int | str):
        raise TypeError(_NOT_PLAIN.format(kind=type(value).__name__, place=place))


def chained(drafts: list[Draft], *, actor: str, now: int, seq: int, previous: str) -> list[Link]:
    """Give each draft its place after the event `seq` whose hash is `previous`."""
    links = []
    for number, draft in enumerate(drafts, seq + 1):
        check_detail(draft.detail)
        link = Link(
            number,
            now,
            actor,
            draft.verb,
            draft.subject,
            draft.clause,
            draft.detail,
            digest(draft.before),
            digest(draft.after),
            previous,
        )
        previous = link.hash()
        links.append(link)
    return links
