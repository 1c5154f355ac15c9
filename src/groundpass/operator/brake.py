"""The operator's own brake: how many would lose service by a release, counted over a rolling day.

Rules:
1. Counted is the effect that an operator can see. A listed terminal loses when its entry goes, ends earlier
   or no longer holds now, or when its profile comes under a restriction it was not under; an unlisted one
   when it was seen allowed within the last day and the restrictions of the unlisted grow.
2. A restriction is a rule that denies, or that permits in fewer places, at any time from now on, together
   with the territory as it is drawn: where the polygon changes, all of it counts as new. Speed caps are not
   counted.
3. Those who lost within the last 24 h and are still without count too, so that ten removals a second cannot
   creep past. The duty officer's release of a staged list starts the count anew.
4. The first release has nothing to compare with: the root that came by another way vouches for it.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.state import DAY
from groundpass.kernel.core.verdicts import Action

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.kernel.core.state import Entries, Rule, State, Territory
    from groundpass.operator.records import Brake

WINDOW: Final = DAY  # seconds
NAME: Final = "losses.arrow"

Keys = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Who lost service within the last day: key uint64[n], sorted, distinct; at int64[n], UTC seconds."""

    key: Keys
    at: npt.NDArray[np.int64]

    @classmethod
    def none(cls) -> Losses:
        """Nobody."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int64))

    def encode(self) -> bytes:
        """Give the bytes of an Arrow file."""
        sink = pa.BufferOutputStream()
        table = pa.table({"key": self.key, "at": self.at})
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        return bytes(sink.getvalue())

    @classmethod
    def read(cls, path: Path) -> Losses:
        """Read what `encode` wrote. Raises CannotRun."""
        try:
            with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
                table = reader.read_all()
            return cls(table["key"].to_numpy(), table["at"].to_numpy())
        except (OSError, pa.ArrowInvalid, KeyError) as error:
            raise CannotRun(f"{path} does not read", why=str(error)) from error

    def with_losing(self, losing: Keys, new: State, now: int) -> Losses:
        """Add those who lose now, drop who lost over a day ago or is served again."""
        key = np.concatenate([self.key, losing])
        at = np.concatenate([self.at, np.full(len(losing), now, np.int64)])
        restored = ~np.isin(key, losing) & np.isin(key, new.entries.key[_holds(new.entries, now)])
        keep = (at > now - WINDOW) & ~restored
        key, first = np.unique(key[keep], return_index=True)
        return Losses(key, at[keep][first])


def bound(brake: Brake, listed: int) -> int:
    """How many may lose service in a day before a person has to look."""
    return max(brake.floor, math.ceil(brake.share * listed))


def losing(old: State, new: State, allowed_unlisted: Keys, *, now: int) -> Keys:
    """Give the keys, sorted and distinct, that lose service when `new` takes the place of `old`.

    `allowed_unlisted`: keys seen within the last day and allowed though unlisted; `now`: UTC seconds.
    """
    before, after = _restrictions(old, now), _restrictions(new, now)
    place = np.searchsorted(new.entries.key, old.entries.key)
    place = np.minimum(place, max(len(new.entries) - 1, 0))
    kept = np.zeros(len(old.entries), np.bool_)
    if len(new.entries):
        kept = new.entries.key[place] == old.entries.key
    lost = ~kept & (old.entries.valid_until > now)
    rows = np.flatnonzero(kept)
    lost[rows] = _cut(old.entries, rows, new.entries, place[rows], now)
    tighter = _tighter(old, new, before, after)
    lost[rows] |= tighter[old.entries.profile[rows], new.entries.profile[place[rows]]]
    unlisted = np.empty(0, np.uint64)
    if after["unlisted"] - before["unlisted"]:
        unlisted = allowed_unlisted[~np.isin(allowed_unlisted, new.entries.key)]
    return np.unique(np.concatenate([old.entries.key[lost], unlisted]))


def losing_by_count(old: State, new: State, *, now: int) -> int:
    """How many lose at least when keys cannot be compared, as between two sessions: by profile."""
    before, after = _restrictions(old, now), _restrictions(new, now)
    total = 0
    for number, profile in enumerate(old.profiles):
        listed = int(((old.entries.profile == number) & (old.entries.valid_until > now)).sum())
        still = 0
        if profile in new.profiles and not after[profile] - before[profile]:
            same = new.entries.profile == new.profiles.index(profile)
            still = int((same & (new.entries.valid_until > now)).sum())
        total += max(0, listed - still)
    return total


def _cut(
    old: Entries, old_rows: npt.NDArray[np.intp], new: Entries, new_rows: npt.NDArray[np.intp], now: int
) -> Bools:
    """Which of the entries that stay end earlier, or held now and no longer do."""
    live = old.valid_until[old_rows] > now
    earlier = new.valid_until[new_rows] < old.valid_until[old_rows]
    stops = _holds(old, now)[old_rows] & ~_holds(new, now)[new_rows]
    return np.asarray(live & (earlier | stops), np.bool_)


def _holds(entries: Entries, now: int) -> Bools:
    return np.asarray((entries.valid_from <= now) & (now < entries.valid_until), np.bool_)


def _tighter(
    old: State, new: State, before: dict[str, frozenset[object]], after: dict[str, frozenset[object]]
) -> Bools:
    """Table of old profile by new profile: whether the step brings a restriction that was not there."""
    table = np.zeros((len(old.profiles), len(new.profiles)), np.bool_)
    for row, was in enumerate(old.profiles):
        for column, becomes in enumerate(new.profiles):
            table[row, column] = bool(after[becomes] - before[was])
    return table


def _restrictions(state: State, now: int) -> dict[str, frozenset[object]]:
    """For each profile what restricts it from `now` on, as values that can be compared between releases."""
    places = {item.id: item for item in state.territories if item.effective.end > now}
    found: dict[str, set[object]] = {profile: set() for profile in state.profiles}
    for rule in state.rules:
        place = places.get(rule.territory)
        if place is not None and rule.effective.end > now:
            restriction = _restriction(rule, place, now)
            if restriction is not None:
                found[rule.profile].add(restriction)
    return {profile: frozenset(values) for profile, values in found.items()}


def _restriction(rule: Rule, place: Territory, now: int) -> tuple[object, ...] | None:
    if rule.action is not Action.DENY and rule.permitted is None:
        return None
    start = max(rule.effective.start, place.effective.start, now)
    end = min(rule.effective.end, place.effective.end)
    drawn = hashlib.sha256(place.wkb).digest()
    where = None if rule.action is Action.DENY else rule.permitted
    return rule.territory, drawn, start, end, where
