"""The impact of a release as plain data: what an officer reads, what is stored with the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from groundpass.authority.publication.domain.brake import Cause, Judgement, Level
from groundpass.kernel.core.intervals import show_time
from groundpass.kernel.wire.delta import diff

if TYPE_CHECKING:
    from groundpass.authority.publication.domain.activity import Activity
    from groundpass.authority.publication.domain.impact import Effect
    from groundpass.kernel.core.state import State


class CauseRow(msgspec.Struct, frozen=True):
    """Why somebody has to agree; `sentence` in each language."""

    kind: str
    level: str
    count: int
    bound: int
    names: tuple[str, ...]
    sentence: dict[str, str]


class HardenedRow(msgspec.Struct, frozen=True):
    """What is newly denied, or only slowed where `takes` is false: who, where, from when until when."""

    profile: str
    territory: str
    starts: str
    ends: str
    takes: bool


class Impact(msgspec.Struct, frozen=True):
    """Who would lose service. Counts of terminals; `previous` and `day` are serials, 0 for none.

    losing: by this release · losing_in_day: over 24 h, agreed to by nobody
    losing_unkeyed: over 24 h, not agreed to by the offline keys · base: on the list of 24 h ago
    added, changed, removed: against `previous`
    added_in_day: not on the list of 24 h ago nor agreed to · unlisted_active: seen lately and on no list
    bound_people, bound_keys: above which `losing_in_day` needs two people and `losing_unkeyed` the offline
    keys · bound_added: above which `added_in_day` needs two people
    telemetry: whether activity is known · demand: none, two_people or offline_keys.
    """

    serial: int
    previous: int
    day: int
    entries: int
    base: int
    added: int
    changed: int
    removed: int
    losing: int
    losing_in_day: int
    losing_unkeyed: int
    protected: int
    added_in_day: int
    bound_people: int
    bound_keys: int
    bound_added: int
    by_profile: dict[str, int]
    by_territory: dict[str, int]
    unlisted_active: int
    telemetry: bool
    hardened: tuple[HardenedRow, ...]
    demand: str
    two_people: bool
    causes: tuple[CauseRow, ...]


def impact(  # noqa: PLR0913, PLR0917 - the six things that it puts together
    previous: State, state: State, day: int, step: Effect, judgement: Judgement, activity: Activity
) -> Impact:
    """Put together what was found."""
    change = diff(previous, state)
    changed = int(np.isin(change.upserts.key, previous.entries.key).sum())
    unlisted = np.setdiff1d(np.unique(activity.key), state.entries.key)
    people, keys, additions = judgement.bounds
    rows = {
        (one.before, one.now, show_time(one.effective.start), show_time(one.effective.end), one.takes)
        for one in step.hardened
    }
    return Impact(
        serial=state.serial,
        previous=previous.serial,
        day=day,
        entries=len(state.entries),
        base=judgement.base,
        added=len(change.upserts) - changed,
        changed=changed,
        removed=len(change.removed),
        losing=judgement.losing,
        losing_in_day=judgement.counted_for_people,
        losing_unkeyed=judgement.counted_for_keys,
        protected=judgement.protected,
        added_in_day=judgement.added,
        bound_people=people,
        bound_keys=keys,
        bound_added=additions,
        by_profile=step.by_profile,
        by_territory=step.by_territory,
        unlisted_active=len(unlisted),
        telemetry=activity.known,
        hardened=tuple(HardenedRow(*row) for row in sorted(rows)),
        demand=judgement.demand.name,
        two_people=judgement.demand.two_people,
        causes=tuple(_cause(cause) for cause in judgement.demand.causes),
    )


def _cause(cause: Cause) -> CauseRow:
    sentence = {language: cause.sentence(language) for language in ("en", "uk")}
    return CauseRow(
        cause.kind, Level(cause.level).name.lower(), cause.count, cause.bound, cause.names, sentence
    )
