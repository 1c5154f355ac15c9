"""The header of a state: all of it but the entries and the polygons, as canonical JSON.

An open end of an interval is `null`: the integers -2^63 and 2^63 - 1 would not survive readers that hold
numbers as doubles. Polygons are named by size and SHA-256, so that a delta can leave out what did not change.
"""

from __future__ import annotations

import hashlib
import math
from typing import Annotated, Final, Literal

import msgspec

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import ALWAYS, NEVER, Interval
from groundpass.kernel.core.state import (
    MAX_PROFILES,
    MAX_TERRITORIES,
    Entries,
    Rule,
    State,
    Territory,
    Timers,
)
from groundpass.kernel.core.verdicts import Action, Verdict, WhenUncertain
from groundpass.kernel.wire.canonical import MAX_SECOND, Count, Line, Second, Session, Sha256, Word

MAX_ENTRIES: Final = 20_000_000  # twice the largest fleet known today
MAX_RULES: Final = 65_536
MAX_WKB_BYTES: Final = 64 * 2**20  # bytes of one territory: about four million vertices
MAX_HEADER_BYTES: Final = 16 * 2**20

Edge = Annotated[int, msgspec.Meta(ge=-MAX_SECOND, le=MAX_SECOND)]  # UTC seconds
Period = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]  # seconds
Precedence = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An interval; `null` is an open end."""

    start: Edge | None
    end: Edge | None

    @classmethod
    def of(cls, interval: Interval) -> Span:
        """Take an interval; its open ends become null."""
        return cls(
            None if interval.start == ALWAYS else interval.start,
            None if interval.end == NEVER else interval.end,
        )

    def interval(self) -> Interval:
        """Give the interval; an empty one raises BadInput."""
        return Interval(ALWAYS if self.start is None else self.start, NEVER if self.end is None else self.end)


class TerritoryHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A territory without its polygon."""

    id: Word
    name: Line
    wkb_sha256: Sha256
    wkb_size: Annotated[int, msgspec.Meta(ge=1, le=MAX_WKB_BYTES)]
    effective: Span
    precedence: Precedence
    when_uncertain: WhenUncertain
    settle: Annotated[int, msgspec.Meta(ge=1, le=2**16 - 1)]
    country: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?\Z")]


class RuleHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule; `permitted` null is everywhere, `speed_cap` in km/h."""

    territory: Word
    profile: Word
    action: Action
    effective: Span
    speed_cap: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None
    sustained: Period
    release: Period
    permitted: Annotated[tuple[Word, ...], msgspec.Meta(max_length=MAX_TERRITORIES)] | None
    grace: Period


class TimersHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds, counted from `issued`."""

    refresh: Period
    alarm: Period
    hold: Period


class StateHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of a state but its entry columns and its polygons; `entries` is their count."""

    format: Literal["groundpass/state/1"]
    feed: Word
    session: Session
    serial: Count
    issued: Second
    scheme: Word
    profiles: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1, max_length=MAX_PROFILES)]
    entries: Annotated[int, msgspec.Meta(ge=0, le=MAX_ENTRIES)]
    territories: Annotated[tuple[TerritoryHeader, ...], msgspec.Meta(max_length=MAX_TERRITORIES)]
    rules: Annotated[tuple[RuleHeader, ...], msgspec.Meta(max_length=MAX_RULES)]
    timers: TimersHeader
    unlocated_listed: Verdict
    unlocated_others: Verdict
    after_hold_others: Verdict | None


def of_state(state: State) -> StateHeader:
    """Take the header of a state, territories and rules in canonical order."""
    timers = state.timers
    return StateHeader(
        format="groundpass/state/1",
        feed=state.feed,
        session=state.session,
        serial=state.serial,
        issued=state.issued,
        scheme=state.scheme,
        profiles=state.profiles,
        entries=len(state.entries),
        territories=tuple(_territory(territory) for territory in ordered(state.territories)),
        rules=tuple(sorted((_rule(rule) for rule in state.rules), key=_rule_order)),
        timers=TimersHeader(timers.refresh, timers.alarm, timers.hold),
        unlocated_listed=state.unlocated_listed,
        unlocated_others=state.unlocated_others,
        after_hold_others=state.after_hold_others,
    )


def ordered(territories: tuple[Territory, ...]) -> list[Territory]:
    """Territories by id, the order in which their polygons follow the columns."""
    return sorted(territories, key=lambda territory: territory.id)


def to_state(header: StateHeader, entries: Entries, wkbs: list[bytes]) -> State:
    """Join a header with its entries and with the polygons of its territories, in their order.

    Raises BadInput when a polygon is not the one that the header names, when territories, rules or permitted
    ids are out of order, and for all that `State` itself refuses.
    """
    if len(entries) != header.entries or len(wkbs) != len(header.territories):
        raise BadInput("The header of a state counts other entries or polygons than there are")
    for territory, wkb in zip(header.territories, wkbs, strict=True):
        if hashlib.sha256(wkb).hexdigest() != territory.wkb_sha256:
            raise BadInput(f"The polygon of the territory {territory.id!r} is not the one its hash names")
    state = State(
        feed=header.feed,
        session=header.session,
        serial=header.serial,
        issued=header.issued,
        scheme=header.scheme,
        profiles=header.profiles,
        entries=entries,
        territories=tuple(map(_read_territory, header.territories, wkbs)),
        rules=tuple(_read_rule(rule) for rule in header.rules),
        timers=Timers(header.timers.refresh, header.timers.alarm, header.timers.hold),
        unlocated_listed=header.unlocated_listed,
        unlocated_others=header.unlocated_others,
        after_hold_others=header.after_hold_others,
    )
    if of_state(state) != header:
        raise BadInput("The header of a state is not in canonical order")
    return state


def _territory(territory: Territory) -> TerritoryHeader:
    return TerritoryHeader(
        id=territory.id,
        name=territory.name,
        wkb_sha256=hashlib.sha256(territory.wkb).hexdigest(),
        wkb_size=len(territory.wkb),
        effective=Span.of(territory.effective),
        precedence=territory.precedence,
        when_uncertain=territory.when_uncertain,
        settle=territory.settle,
        country=territory.country,
    )


def _read_territory(header: TerritoryHeader, wkb: bytes) -> Territory:
    return Territory(
        id=header.id,
        name=header.name,
        wkb=wkb,
        effective=header.effective.interval(),
        precedence=header.precedence,
        when_uncertain=header.when_uncertain,
        settle=header.settle,
        country=header.country,
    )


def _rule(rule: Rule) -> RuleHeader:
    if rule.speed_cap is not None and not math.isfinite(rule.speed_cap):
        # JSON has no NaN: it would be written as null, which means "no cap".
        raise BadInput(f"The speed cap of {rule.profile!r} in {rule.territory!r} is {rule.speed_cap}")
    return RuleHeader(
        territory=rule.territory,
        profile=rule.profile,
        action=rule.action,
        effective=Span.of(rule.effective),
        speed_cap=None if rule.speed_cap is None else float(rule.speed_cap),
        sustained=rule.sustained,
        release=rule.release,
        permitted=None if rule.permitted is None else tuple(sorted(set(rule.permitted))),
        grace=rule.grace,
    )


def _read_rule(header: RuleHeader) -> Rule:
    return Rule(
        territory=header.territory,
        profile=header.profile,
        action=header.action,
        effective=header.effective.interval(),
        speed_cap=header.speed_cap,
        sustained=header.sustained,
        release=header.release,
        permitted=header.permitted,
        grace=header.grace,
    )


def _rule_order(rule: RuleHeader) -> tuple[str, str, int]:
    start = rule.effective.start
    return (rule.territory, rule.profile, ALWAYS if start is None else start)
