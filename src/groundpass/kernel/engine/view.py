"""A release made ready for batches: the locator, the key index, for each stretch of time a table of answers.

1. Between two edges of territories and rules nothing changes but entries: such a stretch is a *segment*. In a
   segment the answer for a row depends on its set of territories and its profile alone.
2. A table holds for (set, profile) the answer of steps 3, 5, 6 and 8, the grace, the next edge. It is made
   when a segment is first met, and kept; sets that only one batch has are worked out for it.
3. Tables say what `reference.py` says. Edges are UTC seconds, NEVER where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.intervals import ALWAYS, NEVER
from groundpass.kernel.core.verdicts import Action, Flag, Reason, Verdict
from groundpass.kernel.engine.case import GRACE, SKEW
from groundpass.kernel.engine.lookup import SortedListing
from groundpass.kernel.engine.placing import Placer, Sets
from groundpass.kernel.territory import Locator, from_wkb

if TYPE_CHECKING:
    from groundpass.kernel.core.state import State
    from groundpass.kernel.engine.lookup import Listing

LOCATORS_KEPT: Final = 4  # of the last releases
SEGMENTS_KEPT: Final = 64  # tables that a view remembers
FEW: Final = 8  # edges that are quicker compared than searched
BASIS: Final = 0  # in a table: the reason is the one of step 4
NO_RULE: Final = -1

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


@lru_cache(maxsize=LOCATORS_KEPT)
def _locator_of(wkbs: tuple[bytes, ...]) -> Locator:
    """The locator of territories; most releases have those of the one before."""
    return Locator([from_wkb(wkb) for wkb in wkbs])


@dataclass(slots=True)
class Table:
    """Answers for sets (k) and profiles (p), each int64 or uint8 of length k * p, or k.

    verdict, reason (BASIS or a Reason), flags: if the profile is chosen · territory: the place in the release
    of the governing one, counted from one, 0 none (k) · here: the same for who need not settle (k)
    rule: index of the rule, NO_RULE none · grace: s
    next_edge: of the set's territories and of the governing one's rules for the profile, UTC s
    place_edge: of the set's territories alone (k) · border: Flag.BORDER_UNCERTAIN or 0 (k).
    """

    verdict: Bytes
    reason: Bytes
    flags: Bytes
    territory: npt.NDArray[np.uint16]
    here: npt.NDArray[np.uint16]
    rule: Ints
    grace: Ints
    next_edge: Ints
    place_edge: Ints
    border: Bytes


def joined(tables: list[Table]) -> Table:
    """Tables of further sets or segments behind each other."""
    if len(tables) == 1:
        return tables[0]
    return Table(*(np.concatenate([getattr(table, item.name) for table in tables]) for item in fields(Table)))


class ReleaseView:
    """What a batch is decided by.

    What only some rows need is made when the first of them comes.

    Args:
        state: the release.
        skew: seconds that a report's clock may be ahead.
        listing: the listed terminals; those of `state` where none is given.
    """

    def __init__(self, state: State, skew: int = SKEW, listing: Listing | None = None) -> None:
        self.state = state
        self.skew = skew
        self._listing = listing
        self.profiles = len(state.profiles)
        self.laws = Laws(state)
        self._known = lru_cache(maxsize=SEGMENTS_KEPT)(self._known_table)

    @cached_property
    def locator(self) -> Locator:
        """What finds the territories of any position."""
        return _locator_of(tuple(territory.wkb for territory in self.state.territories))

    @cached_property
    def placer(self) -> Placer:
        """What places reports among them."""
        return Placer(self.state.territories, self.locator)

    @cached_property
    def entries(self) -> Listing:
        """The listed terminals."""
        return self._listing or SortedListing(self.state.entries)

    @classmethod
    def of(cls, state: State) -> ReleaseView:
        """Make a release ready."""
        return cls(state)

    def segments(self, seconds: Ints) -> tuple[Ints, Ints]:
        """The segments that moments (UTC s) lie in, and for each moment which of them."""
        edges = self.laws.edges
        if not len(seconds):
            return np.zeros(1, np.int64), np.zeros(0, np.int64)
        first, last = np.searchsorted(edges, [seconds.min(), seconds.max()], side="right").tolist()
        if last - first > FEW:
            met, inverse = np.unique(np.searchsorted(edges, seconds, side="right"), return_inverse=True)
            return met.astype(np.int64), inverse.astype(np.int64)
        which: Ints = np.zeros(len(seconds), np.int64)
        for edge in edges[first:last]:
            which += seconds >= edge
        return np.arange(first, last + 1), which

    def table(self, segment: int, sets: Sets) -> Table:
        """The answers of a segment for sets of which the first are the locator's own."""
        count = len(self.locator.sure)
        more = sets.pick(slice(count, None))
        known: Table = self._known(segment)
        return joined([known, self.laws.table(segment, more)]) if len(more) else known

    def _known_table(self, segment: int) -> Table:
        """The answers of a segment for the locator's own sets."""
        sure = self.locator.sure
        return self.laws.table(segment, Sets(sure, sure, sure))


class Laws:
    """Territories and rules as columns."""

    def __init__(self, state: State) -> None:
        places = {territory.id: index for index, territory in enumerate(state.territories)}
        profiles = {name: index for index, name in enumerate(state.profiles)}
        self._start = np.array([place.effective.start for place in state.territories], np.int64)
        self._end = np.array([place.effective.end for place in state.territories], np.int64)
        precedence = np.array([place.precedence for place in state.territories], np.int64)
        self._order = np.argsort(-precedence, kind="stable")
        self._size = (len(places), len(profiles))
        rules = state.rules
        self._pair = np.array(
            [places[r.territory] * len(profiles) + profiles[r.profile] for r in rules], np.int64
        )
        self._rule_start = np.array([rule.effective.start for rule in rules], np.int64)
        self._rule_end = np.array([rule.effective.end for rule in rules], np.int64)
        self._action = np.array([int(rule.action) for rule in rules] + [int(Action.ALLOW)], np.int64)
        self._grace = np.array([rule.grace for rule in rules] + [GRACE], np.int64)
        self._permitted = [
            (index, [places[name] for name in rule.permitted])
            for index, rule in enumerate(rules)
            if rule.permitted is not None
        ]
        edges = np.concatenate([self._start, self._end, self._rule_start, self._rule_end])
        self.edges = np.unique(edges[(edges != ALWAYS) & (edges != NEVER)])

    def table(self, segment: int, sets: Sets) -> Table:
        """Work out the answers of a segment for sets."""
        moment = int(self.edges[segment - 1]) if segment else ALWAYS
        effective = (self._start <= moment) & (moment < self._end)
        here = self._highest(sets.inside & effective)
        governing = here if sets.under is None else self._highest(sets.under & effective)
        touched = self._highest(sets.touch & effective)
        border = (touched > 0) & ~np.take_along_axis(
            np.pad(sets.cover, ((0, 0), (1, 0))), touched[:, None], axis=1
        ).ravel()
        place_edge = _least(sets.inside, _next(self._start, self._end, moment))
        rule, rule_edge = self._in_force(moment)
        # The row before the first territory stands for none: no rule and no edge.
        own = np.concatenate([np.full((1, self._size[1]), NO_RULE), rule])[governing]
        own_edge = np.concatenate([np.full((1, self._size[1]), NEVER), rule_edge])[governing]
        astray = np.zeros(own.shape, np.bool_)
        for index, names in self._permitted:
            permitted = np.any((sets.inside & effective)[:, names], axis=1)
            astray |= (own == index) & ~permitted[:, None]
        verdict, reason, flags = _answers(governing, self._action[own], astray)
        return Table(
            verdict=verdict.ravel(),
            reason=reason.ravel(),
            flags=flags.ravel(),
            territory=governing.astype(np.uint16),
            here=here.astype(np.uint16),
            rule=own.ravel(),
            grace=self._grace[own].ravel(),
            next_edge=np.minimum(own_edge, place_edge[:, None]).ravel(),
            place_edge=place_edge,
            border=np.where(border, np.uint8(Flag.BORDER_UNCERTAIN), np.uint8(0)),
        )

    def _highest(self, sets: Bools) -> Ints:
        """The territory of highest precedence of each set, counted from one; 0 for an empty set."""
        if not sets.shape[1]:
            return np.zeros(len(sets), np.int64)
        ordered = sets[:, self._order]
        top = self._order[np.argmax(ordered, axis=1)] + 1
        return np.where(ordered.any(axis=1), top, 0).astype(np.int64)

    def _in_force(self, moment: int) -> tuple[Ints, Ints]:
        """For each territory and profile: the rule in force, and the next edge of any rule of theirs."""
        rule = np.full(self._size[0] * self._size[1], NO_RULE, np.int64)
        now = np.flatnonzero((self._rule_start <= moment) & (moment < self._rule_end))
        rule[self._pair[now]] = now
        edge = np.full(len(rule), NEVER, np.int64)
        np.minimum.at(edge, self._pair, _next(self._rule_start, self._rule_end, moment))
        return rule.reshape(self._size), edge.reshape(self._size)


def _answers(governing: Ints, action: Ints, astray: Bools) -> tuple[Bytes, Bytes, Bytes]:
    """Steps 3, 5, 6 and 8 for sets and profiles: uint8[k, p] each."""
    outside = np.broadcast_to((governing == 0)[:, None], action.shape)
    denied = action == Action.DENY
    listed = np.arange(action.shape[1])[None, :] > 0
    verdict = np.select([outside, denied | astray], [Verdict.UNGOVERNED, Verdict.DENY], Verdict.ALLOW)
    reason = np.select(
        [outside, denied & listed, denied, astray, np.broadcast_to(listed, action.shape)],
        [Reason.OUTSIDE, Reason.PROFILE_DENIED, BASIS, Reason.OUT_OF_AREA, Reason.LISTED],
        BASIS,
    )
    watched = (verdict == Verdict.ALLOW) & (action == Action.WATCH)
    flags = np.where(watched, np.uint8(Flag.WATCH), np.uint8(0))
    return verdict.astype(np.uint8), reason.astype(np.uint8), flags


def _next(start: Ints, end: Ints, moment: int) -> Ints:
    """The next edge of intervals after a moment, NEVER where there is none."""
    return np.where(start > moment, start, np.where(end > moment, end, NEVER))


def _least(sets: Bools, edges: Ints) -> Ints:
    """The least edge of the members of each set, NEVER for an empty set."""
    least: Ints = np.where(sets, edges[None, :], NEVER).min(axis=1, initial=NEVER)
    return least
