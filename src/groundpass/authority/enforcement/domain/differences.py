"""Promise against act at each terminal, as far as it can be told without knowing where the terminal was.

1. Listed and valid at its last report, and denied there as unlisted, expired or not yet valid.
2. Not listed, and allowed there as listed.
3. Denied, and active more than 5 minutes later (a leak).
The first two hold a verdict against the release, so they are told only where it was that release which
decided: the last report is not before its application, or the release before said the same of the terminal.
A verdict by place, rule or speed is not judged here: no position leaves the operator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from groundpass.authority.enforcement.domain.changes import BY_LISTING
from groundpass.authority.enforcement.domain.figures import leaking
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.core.verdicts import Reason, Verdict

if TYPE_CHECKING:
    import numpy.typing as npt

    from groundpass.kernel.core.state import Entries
    from groundpass.kernel.wire.observations import Observations

    Bools = npt.NDArray[np.bool_]
    Keys = npt.NDArray[np.uint64]

DENIED: Final = "denied_although_listed"
ALLOWED: Final = "allowed_although_unlisted"
ACTIVE: Final = "active_although_denied"
KINDS: Final = (DENIED, ALLOWED, ACTIVE)


def differences(
    seen: Observations, entries: Entries, before: Entries | None, applied: int
) -> dict[str, npt.NDArray[np.intp]]:
    """Rows of each kind, in the order of KINDS.

    `entries`: what the release says; `before`: what the one before said, None where that is not known;
    `applied`: when the operator began to decide by it, UTC seconds.
    """
    listed, valid = _standing(seen, entries)
    judged = seen.last_seen_ns >= applied * NS
    if before is not None:
        was_listed, was_valid = _standing(seen, before)
        judged |= (listed == was_listed) & (valid == was_valid)
    denied = (seen.verdict == Verdict.DENY) & np.isin(seen.reason, BY_LISTING)
    allowed = (seen.verdict == Verdict.ALLOW) & (seen.reason == Reason.LISTED)
    found = (judged & valid & denied, judged & ~listed & allowed, leaking(seen))
    return {kind: np.flatnonzero(rows) for kind, rows in zip(KINDS, found, strict=True)}


def subject(key: int) -> str:
    """A key as cases name it: 16 hexadecimal digits."""
    return f"{key:016x}"


def detail(seen: Observations, row: int, serial: int) -> dict[str, object]:
    """What a case says of a terminal: verdict and times in UTC seconds, no place and no identifier."""
    denied = int(seen.first_denied_ns[row])
    return {
        "serial": serial,
        "verdict": Verdict(int(seen.verdict[row])).name,
        "reason": Reason(int(seen.reason[row])).name,
        "last_seen": int(seen.last_seen_ns[row]) // NS,
        "denied_since": None if denied == NO_TIME else denied // NS,
        "reports": int(seen.reports[row]),
    }


def _standing(seen: Observations, entries: Entries) -> tuple[Bools, Bools]:
    """Which keys are listed, and which of them were valid at their last report."""
    if not len(entries):
        nobody = np.zeros(len(seen), np.bool_)
        return nobody, nobody
    row = np.minimum(np.searchsorted(entries.key, seen.key), len(entries) - 1)
    listed = entries.key[row] == seen.key
    second = seen.last_seen_ns // NS
    valid = listed & (entries.valid_from[row] <= second) & (second < entries.valid_until[row])
    return np.asarray(listed, np.bool_), np.asarray(valid, np.bool_)
