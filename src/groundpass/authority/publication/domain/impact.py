"""Who would lose service if a new state replaced an old one: the terminals.

1. A listed terminal loses if at any moment from `now` on, while its old entry holds (with grace), it would
   be granted less somewhere: by another profile, by a shorter entry or none (then it is unlisted), by a rule
   or by a territory. Where it is does not matter: it may travel.
2. An unlisted terminal loses if it was active lately, at a place where the unlisted (or the profile that it
   gets) are granted less.
3. An entry that runs out by itself, unchanged, loses nothing: it says so since it was published.
4. Whatever newly denies or slows a profile is named, whether or not a terminal is known to have it. Who is
   only slowed is not counted among those who lose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from groundpass.authority.publication.domain.activity import Activity
from groundpass.authority.publication.domain.ground import Comparison, Hardening
from groundpass.kernel.core.intervals import NEVER
from groundpass.kernel.core.state import Entries, State
from groundpass.kernel.core.verdicts import UNLISTED, Verdict

Keys = npt.NDArray[np.uint64]
Times = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """Who loses. `listed`, `unlisted`: uint64, sorted, distinct. `hardened`: rule 4.

    by_profile: the profile that a terminal had → terminals. by_territory: the territory that takes its
    service → terminals; where several do, the first found.
    """

    listed: Keys
    unlisted: Keys
    by_profile: dict[str, int]
    by_territory: dict[str, int]
    hardened: tuple[Hardening, ...]

    @property
    def keys(self) -> Keys:
        """Everybody who loses."""
        return np.union1d(self.listed, self.unlisted)


def nothing_before(new: State) -> State:
    """The state before the first release: no list, no land, no rule."""
    return replace(
        new,
        serial=0,
        entries=Entries.empty(),
        territories=(),
        rules=(),
        unlocated_listed=Verdict.ALLOW,
        unlocated_others=Verdict.UNGOVERNED,
        after_hold_others=None,
    )


def effect(old: State, new: State, activity: Activity, *, now: int) -> Effect:
    """Compare two states of one session from `now` (UTC seconds) on."""
    before, after = _Listing.of(old, new, now), _Listing.of(new, new, now)
    moves = _moves(before, after)
    active = _active_unlisted(before, after, activity)
    changes = {(name, name) for name in old.profiles} | {(UNLISTED, name) for name in active.after}
    changes |= {pair for move in moves for pair in ((move.before, move.after), (move.before, UNLISTED))}
    comparison = Comparison(old, new, now)
    hardened = comparison.hardenings(sorted(changes))
    taken = tuple(one for one in hardened if one.takes)
    tally = _Tally({}, {})
    listed = [_losing(move, taken, tally) for move in moves]
    unlisted = _losing_unlisted(active, comparison, taken, tally)
    return Effect(
        listed=np.sort(np.concatenate([*listed, np.empty(0, np.uint64)])),
        unlisted=unlisted,
        by_profile={name: count for name, count in tally.profile.items() if count},
        by_territory={name: count for name, count in tally.territory.items() if count},
        hardened=tuple(one for one in hardened if one.before == one.after),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Listing:
    """The entries of a state from `now` on, with grace in `until`; those that are over are left out."""

    profiles: tuple[str, ...]
    key: Keys
    profile: npt.NDArray[np.uint16]
    start: Times
    until: Times

    @classmethod
    def of(cls, state: State, new: State, now: int) -> _Listing:
        entries = state.entries
        grace = np.array([_grace(name, state, new) for name in state.profiles], np.int64)[entries.profile]
        until = np.minimum(entries.valid_until, NEVER - grace) + grace
        lasting = until > now
        return cls(
            state.profiles,
            entries.key[lasting],
            entries.profile[lasting],
            np.maximum(entries.valid_from, now)[lasting],
            until[lasting],
        )


def _grace(profile: str, old: State, new: State) -> int:
    """The longest grace of a profile, one for both states: a shorter one is a hardening of its rule."""
    rules = (*old.rules, *new.rules)
    return max((rule.grace for rule in rules if rule.profile == profile), default=0)


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """Listed terminals that go from one profile to another. Windows in UTC seconds, empty if not listed."""

    before: str
    after: str
    key: Keys
    start: Times
    until: Times
    new_start: Times
    new_until: Times


def _moves(before: _Listing, after: _Listing) -> list[_Move]:
    place = np.minimum(np.searchsorted(after.key, before.key), max(len(after.key) - 1, 0))
    kept = after.key[place] == before.key if len(after.key) else np.zeros(len(before.key), np.bool_)
    there = np.zeros(len(before.key), np.int64)
    there[kept] = after.profile[place[kept]]  # 0 is unlisted
    new_start, new_until = np.full(len(before.key), NEVER), np.full(len(before.key), NEVER)
    new_start[kept], new_until[kept] = after.start[place[kept]], after.until[place[kept]]
    moves = []
    for old, new in np.unique(np.stack([before.profile.astype(np.int64), there]), axis=1).T:
        who = (before.profile == old) & (there == new)
        columns = (column[who] for column in (before.key, before.start, before.until, new_start, new_until))
        moves.append(_Move(before.profiles[old], after.profiles[new], *columns))
    return moves


def _losing(move: _Move, hardened: tuple[Hardening, ...], tally: _Tally) -> Keys:
    loses = np.zeros(len(move.key), np.bool_)
    for one in hardened:
        if one.before != move.before:
            continue
        hit = np.zeros(len(move.key), np.bool_)
        if one.after == move.after:
            listed = np.maximum(move.start, move.new_start), np.minimum(move.until, move.new_until)
            hit |= _meets(one, *listed)
        if one.after == UNLISTED:
            hit |= _meets(one, move.start, np.minimum(move.until, move.new_start))
            hit |= _meets(one, np.maximum(move.start, move.new_until), move.until)
        tally.add_place(one, hit & ~loses)
        loses |= hit
    tally.profile[move.before] = tally.profile.get(move.before, 0) + int(loses.sum())
    return move.key[loses]


def _meets(hardening: Hardening, start: Times, until: Times) -> Mask:
    """Whether a window `[start, until)`, empty where until ≤ start, meets the hardening's."""
    met: Mask = np.maximum(start, hardening.effective.start) < np.minimum(until, hardening.effective.end)
    return met


@dataclass(frozen=True, slots=True, eq=False)
class _Active:
    """Rows of the activity whose terminal was unlisted. `after`: the profiles that they get."""

    activity: Activity
    key: Keys
    place: npt.NDArray[np.uint32]
    profile: npt.NDArray[np.int64]
    profiles: tuple[str, ...]

    @property
    def after(self) -> tuple[str, ...]:
        return tuple(self.profiles[index] for index in np.unique(self.profile))


def _active_unlisted(before: _Listing, after: _Listing, activity: Activity) -> _Active:
    unlisted = ~np.isin(activity.key, before.key)
    key = activity.key[unlisted]
    profile = np.zeros(len(key), np.int64)
    if len(after.key):
        place = np.minimum(np.searchsorted(after.key, key), len(after.key) - 1)
        now_listed = after.key[place] == key
        profile[now_listed] = after.profile[place[now_listed]]
    return _Active(activity, key, activity.place[unlisted], profile, after.profiles)


def _losing_unlisted(
    active: _Active, comparison: Comparison, hardened: tuple[Hardening, ...], tally: _Tally
) -> Keys:
    gets = np.array(active.profiles)[active.profile]
    loses = np.zeros(len(active.key), np.bool_)
    for one in hardened:
        if one.before != UNLISTED:
            continue
        reached = np.array([comparison.may_govern(one, place) for place in active.activity.places], np.bool_)
        hit = (gets == one.after) & reached[active.place] if len(reached) else loses
        tally.add_place(one, hit & ~loses)
        loses = loses | hit
    lost: Keys = np.unique(active.key[loses])
    tally.profile[UNLISTED] = tally.profile.get(UNLISTED, 0) + len(lost)
    return lost


@dataclass(frozen=True, slots=True)
class _Tally:
    profile: dict[str, int]
    territory: dict[str, int]

    def add_place(self, hardening: Hardening, who: Mask) -> None:
        """Count terminals at the first place that is found to take their service."""
        name = hardening.now
        self.territory[name] = self.territory.get(name, 0) + int(who.sum())
