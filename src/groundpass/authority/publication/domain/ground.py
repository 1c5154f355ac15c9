"""Where and when a new state grants less than an old one: the land, without the terminals.

1. Time is cut at every edge of a territory or rule of either state, from `now` on: a rule that will deny next
   week takes service away the moment it is published, for nobody has to act again.
2. In each slice of time the land is cut into pieces governed by one old and one new territory ("" is none).
   Where neither shapes nor precedence changed, each territory is compared with itself.
3. A piece where a profile is granted less is a *hardening*: service is taken, or slowed. A piece that nobody
   governs any more is none.
4. Slivers below `NOISE` are the rounding of polygons, not land.
5. Terminals without a position have a piece of their own, `UNPLACED`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import shapely

from groundpass.authority.publication.domain.activity import Place
from groundpass.authority.publication.domain.terms import Terms, slows, takes
from groundpass.kernel.core.intervals import NEVER, Interval
from groundpass.kernel.core.state import State
from groundpass.kernel.core.verdicts import UNLISTED, Verdict, WhenUncertain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from groundpass.kernel.core.state import Territory

NOISE: Final = 1e-9  # square degrees, at most 12 m²
NOWHERE: Final = ""  # no territory governs
UNPLACED: Final = "?"  # no position; cannot be a territory's id (`policy` refuses it)


@dataclass(frozen=True, slots=True)
class Hardening:
    """In `effective`, on the land that territory `was` governed and `now` governs, less is granted.

    Less, that is, to a terminal that had the profile `before` and has the profile `after`. `takes`: service
    is denied; otherwise it is only slowed.
    """

    effective: Interval
    was: str
    now: str
    before: str
    after: str
    takes: bool = True


@dataclass(frozen=True)
class Comparison:
    """Two states as land. `second`: UTC seconds from which on they are compared."""

    old: State
    new: State
    second: int

    def hardenings(self, changes: Iterable[tuple[str, str]]) -> tuple[Hardening, ...]:
        """Every hardening for terminals whose profile goes from the first to the second of a pair."""
        changes = tuple(changes)
        return tuple(
            hardening
            for part in (self._governed(changes), self._unplaced(changes))
            for hardening in part
        )  # fmt: skip

    def _governed(self, changes: tuple[tuple[str, str], ...]) -> Iterator[Hardening]:
        for slice_ in self._slices:
            shrunk = self._shrunk(slice_.start)
            for was, now in self._pieces(slice_.start):
                for before, after in changes:
                    old = self._old_terms.at(was, before, slice_.start)
                    new = self._new_terms.at(now, after, slice_.start)
                    for taken, harder in ((True, takes(old, new, shrunk)), (False, slows(old, new))):
                        if harder:
                            yield Hardening(slice_, was, now, before, after, taken)

    def _unplaced(self, changes: tuple[tuple[str, str], ...]) -> Iterator[Hardening]:
        """Rule 5: `when_unlocated`, and what an old release says of the unlisted."""
        always = Interval(self.second)
        for before, after in changes:
            worse = _unlocated(self.new, after) == Verdict.DENY != _unlocated(self.old, before)
            if worse or (after == UNLISTED and self._held_harder(before)):
                yield Hardening(always, UNPLACED, UNPLACED, before, after)

    def _held_harder(self, before: str) -> bool:
        if self.new.after_hold_others != Verdict.DENY:
            return False
        denied = before == UNLISTED and self.old.after_hold_others == Verdict.DENY
        return not denied or self.new.timers.hold < self.old.timers.hold

    def may_govern(self, hardening: Hardening, place: Place) -> bool:
        """Whether a hardening can reach who was seen at `place`, by all that is known of the place."""
        if UNPLACED in {hardening.was, place.governing}:
            return hardening.was == UNPLACED
        if place.governing != hardening.was:
            return False
        for one in sorted(_effective(self.new, hardening.effective.start), key=_rank):
            shape = Place.shape_id(one.wkb)
            if shape in place.within or (shape not in place.tested and one.id == hardening.now):
                return one.id == hardening.now
        return False

    @cached_property
    def _old_terms(self) -> Terms:
        return Terms(self.old)

    @cached_property
    def _new_terms(self) -> Terms:
        return Terms(self.new)

    @cached_property
    def _slices(self) -> tuple[Interval, ...]:
        edges = {self.second, NEVER}
        for state in (self.old, self.new):
            dated = [one.effective for one in state.territories] + [one.effective for one in state.rules]
            edges |= {edge for one in dated for edge in (one.start, one.end) if edge > self.second}
        return tuple(Interval(start, end) for start, end in pairwise(sorted(edges)))

    @cached_property
    def _memory(
        self,
    ) -> dict[tuple[tuple[Territory, ...], tuple[Territory, ...]], tuple[tuple[str, str], ...]]:
        return {}

    def _pieces(self, second: int) -> tuple[tuple[str, str], ...]:
        old, new = _effective(self.old, second), _effective(self.new, second)
        if [_land(one) for one in old] == [_land(one) for one in new]:
            return tuple((one.id, one.id) for one in new)
        if (old, new) not in self._memory:
            self._memory[old, new] = tuple(_overlay(old, new))
        return self._memory[old, new]

    def _shrunk(self, second: int) -> frozenset[str]:
        """Ids of territories that hold less land than they did."""
        new = {one.id: one for one in _effective(self.new, second)}
        return frozenset(
            one.id
            for one in _effective(self.old, second)
            if one.id not in new or (one.wkb != new[one.id].wkb and _left(_shape(one), _shape(new[one.id])))
        )


def _unlocated(state: State, profile: str) -> Verdict:
    return state.unlocated_others if profile == UNLISTED else state.unlocated_listed


def _effective(state: State, second: int) -> tuple[Territory, ...]:
    return tuple(one for one in state.territories if one.effective.contains(second))


def _land(territory: Territory) -> tuple[object, ...]:
    """What of a territory decides which positions it governs; its dates are seen by the slices."""
    kept = territory
    return kept.id, kept.wkb, kept.precedence, kept.when_uncertain, kept.settle, kept.country


def _shape(territory: Territory) -> shapely.Geometry:
    return shapely.from_wkb(territory.wkb)


def _left(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    """Whether land of `one` is left when `other` is taken away."""
    return bool(shapely.area(shapely.difference(one, other)) > NOISE)


def _overlay(old: tuple[Territory, ...], new: tuple[Territory, ...]) -> Iterator[tuple[str, str]]:
    """Pairs of an old governing territory, or "", and a new one, that have land in common."""
    before, after = _governed(old), _governed(new)
    known = {one.id: one for one in old}
    for one in new:
        land = after[one.id]
        changed = _reaches_further(known.get(one.id), one)
        for was, its in before.items():
            if changed or shapely.area(shapely.intersection(its, land)) > NOISE:
                yield was, one.id
        if changed or _left(land, shapely.union_all(list(before.values()))):
            yield NOWHERE, one.id


def _rank(territory: Territory) -> tuple[int, str]:
    """The governing one first."""
    return -territory.precedence, territory.id


def _reaches_further(old: Territory | None, new: Territory) -> bool:
    """Whether it now takes positions that its land alone does not: straddling it, or by a country code."""
    if old is None:
        return new.when_uncertain != WhenUncertain.OUTSIDE or bool(new.country)
    return (
        new.when_uncertain not in {old.when_uncertain, WhenUncertain.OUTSIDE}
        or new.settle < old.settle
        or (new.country != old.country and bool(new.country))
    )


def _governed(territories: tuple[Territory, ...]) -> dict[str, shapely.Geometry]:
    """The land that each territory governs: its own less that of every higher one."""
    given: dict[str, shapely.Geometry] = {}
    taken = shapely.Polygon()
    for one in sorted(territories, key=_rank):
        shape = _shape(one)
        given[one.id] = shapely.difference(shape, taken)
        taken = shapely.union(taken, shape)
    return given
