"""How long a change of the list took from a person's approval to another verdict at the operator.

1. A change is an entry that the release before did not have, or one that is gone from it. The release before
   is the one that the operator answered for last, so that a serial it skipped loses no change.
2. An addition was approved when its validity begins, or when a suspended registration was resumed; a removal
   when somebody suspended or revoked it. A change whose approval is not known counts, and is not shown.
3. It is shown where the terminal was seen on both sides: denied and then allowed as LISTED, or allowed and
   then denied for its listing, the later one not before the approval. Any other verdict may have had another
   cause: a place, a speed, a rule.
4. Stages follow one another: approval, publication (our clock), receipt, verification, application (the
   operator's), first verdict changed (the time of that report).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.authority.enforcement.domain.figures import Delays, Ground, Spread, take, texts
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.core.verdicts import Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groundpass.kernel.core.state import Entries
    from groundpass.kernel.wire.observations import Observations

Keys = npt.NDArray[np.uint64]
Times = npt.NDArray[np.int64]

BY_LISTING: Final = np.array([Reason.UNLISTED, Reason.NOT_YET_VALID, Reason.EXPIRED], np.uint8)
_UNKNOWN: Final = NO_TIME  # an approval that nobody can tell


@dataclass(frozen=True, slots=True)
class Way:
    """When a release passed each point, UTC seconds."""

    published: int
    received: int
    verified: int
    applied: int

    def delays(self) -> dict[str, int]:
        """Seconds of each stage; below zero where the clocks differ by more than it took."""
        return {
            "published_to_received": self.received - self.published,
            "received_to_verified": self.verified - self.received,
            "verified_to_applied": self.applied - self.verified,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Changed keys, sorted: whether each was added, and when it was approved (UTC s, NO_TIME unknown)."""

    key: Keys
    added: npt.NDArray[np.bool_]
    approved: Times

    def __len__(self) -> int:
        return len(self.key)


def changes(before: Entries, after: Entries, since: int, acts: Mapping[int, int]) -> Changes:
    """What the list gained and lost (rules 1 and 2).

    `since`: when the release before was compiled, UTC s; validity that began earlier approved nothing since.
    `acts`: key → when somebody last suspended, resumed or revoked it since then, UTC s.
    """
    gained = ~np.isin(after.key, before.key, assume_unique=True)
    lost = ~np.isin(before.key, after.key, assume_unique=True)
    begun = after.valid_from[gained]
    key = np.concatenate([after.key[gained], before.key[lost]])
    added = np.arange(len(key)) < len(begun)
    approved = np.full(len(key), _UNKNOWN, np.int64)
    approved[: len(begun)] = np.where(begun >= since, begun, _UNKNOWN)
    if acts:
        known = np.array(sorted(acts), np.uint64)
        at = np.array([acts[int(one)] for one in known], np.int64)
        place = np.minimum(np.searchsorted(known, key), len(known) - 1)
        approved = np.where(known[place] == key, np.maximum(approved, at[place]), approved)
    order = np.argsort(key)
    return Changes(key[order], added[order], approved[order])


def time_to_enforce(made: Changes | None, seen: Observations, way: Way, ground: Ground) -> Delays:
    """The delays of the changes that are shown; None as changes is "the release before is not kept"."""
    if made is None:
        return _delays(np.empty(0), np.empty(0), way, None, ground)
    _, rows, places = np.intersect1d(seen.key, made.key, assume_unique=True, return_indices=True)
    which = np.zeros(len(seen), np.bool_)
    which[rows] = True
    found = take(seen, which)
    added, approved = made.added[places], made.approved[places]
    turned = np.where(added, found.first_allowed_ns, found.first_denied_ns)
    shown = _turned(found, added) & (approved != _UNKNOWN)
    shown &= turned // NS >= approved
    approval = approved[shown].astype(np.float64)
    verdict = turned[shown] / NS  # of seconds since 1970 a float64 keeps a quarter of a microsecond
    return _delays(approval, verdict, way, len(made), ground)


def _turned(seen: Observations, added: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Rule 3: whose last verdict is the one of the change, after the other one was seen."""
    denied, allowed = seen.first_denied_ns, seen.first_allowed_ns
    both = (denied != NO_TIME) & (allowed != NO_TIME)
    now_in = (seen.verdict == Verdict.ALLOW) & (seen.reason == Reason.LISTED) & (denied < allowed)
    now_out = (seen.verdict == Verdict.DENY) & np.isin(seen.reason, BY_LISTING) & (allowed < denied)
    return np.asarray(both & np.where(added, now_in, now_out), np.bool_)


def _delays(
    approval: npt.NDArray[np.float64],
    verdict: npt.NDArray[np.float64],
    way: Way,
    total: int | None,
    ground: Ground,
) -> Delays:
    whole = spread(verdict - approval)
    fixed = {name: spread(np.full(len(approval), delay)) for name, delay in way.delays().items()}
    stages = {
        "approval_to_published": spread(way.published - approval),
        **fixed,
        "applied_to_verdict": spread(verdict - way.applied),
    }
    return Delays(
        whole.p50, whole.p95, whole.max, len(approval), total, stages,
        ground.window, ground.releases, texts("ground_truth", "time_to_enforce"), ground.simulated,
    )  # fmt: skip


def spread(seconds: npt.NDArray[np.float64]) -> Spread:
    """Percentiles that occurred, never ones in between; to the millisecond."""
    if not len(seconds):
        return Spread(None, None, None)
    p50, p95 = np.quantile(seconds, [0.5, 0.95], method="inverted_cdf")
    return Spread(*(round(float(value), 3) for value in (p50, p95, seconds.max())))
