"""What was seen of each terminal, batch after batch, in the words of the operator's ledger.

A batch's rows are folded in the order of their times into a record of their own, and that is then joined to
what earlier batches left: of the two, the one with the later last report counts as the later.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from groundpass.kernel.compiled.terminals import NONE

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.void]

SIGHTING: Final = np.dtype(
    [
        ("first_ns", "i8"),
        ("last_ns", "i8"),
        ("run_ns", "i8"),
        ("denied_ns", "i8"),
        ("allowed_ns", "i8"),
        ("reports", "u4"),  # 0: not seen
        ("verdict", "u1"),
        ("reason", "u1"),
        ("spare", "u2"),
    ]
)
NO_TIME: Final = -(2**63)
MOST: Final = 2**32 - 1
ALLOW: Final = 1
DENY: Final = 2


@njit(cache=True, nogil=True)
def fold(
    order: Ints,
    number: npt.NDArray[np.uint32],
    time_ns: Ints,
    verdict: Bytes,
    reason: Bytes,
    seen: Rows,
    batch: Rows,
    touched: npt.NDArray[np.uint32],
) -> None:
    """Take a batch in; `order`: int64[n], its rows in the order of their times.

    number: uint32[n] into `seen` and `batch`, NONE for no terminal · time_ns: int64[n], NO_TIME none
    batch: as `seen`, all unseen before and after · touched: uint32[n], room.
    """
    count = 0
    for row in order:
        i = number[row]
        t = time_ns[row]
        if i == NONE or t == NO_TIME:
            continue
        b = batch[i]
        what = verdict[row]
        if b.reports == 0:
            touched[count] = i
            count += 1
            b.first_ns = t
            b.denied_ns = NO_TIME
            b.allowed_ns = NO_TIME
        if b.reports == 0 or b.verdict != what:
            b.run_ns = t
            if what == DENY:
                b.denied_ns = t
            elif what == ALLOW:
                b.allowed_ns = t
        b.last_ns = t
        b.verdict = what
        b.reason = reason[row]
        b.reports = min(b.reports + 1, MOST)
    for place in range(count):
        i = touched[place]
        if seen[i].reports == 0:
            seen[i] = batch[i]
        elif batch[i].last_ns >= seen[i].last_ns:
            _join(seen, batch, seen, i)
        else:
            _join(batch, seen, seen, i)
        batch[i].reports = 0


@njit(cache=True)
def _join(earlier: Rows, later: Rows, out: Rows, i: np.uint32) -> None:
    """One terminal's two records as one: a run that opens the later may go on from the earlier."""
    was = earlier[i]
    now = later[i]
    goes_on = now.run_ns == now.first_ns and now.verdict == was.verdict
    run = was.run_ns if goes_on else now.run_ns
    denied = now.denied_ns
    if denied == NO_TIME or (denied == now.first_ns and was.verdict == DENY):
        denied = was.denied_ns
    allowed = now.allowed_ns
    if allowed == NO_TIME or (allowed == now.first_ns and was.verdict == ALLOW):
        allowed = was.allowed_ns
    first = min(was.first_ns, now.first_ns)
    reports = min(np.int64(was.reports) + np.int64(now.reports), MOST)
    last, verdict, reason = now.last_ns, now.verdict, now.reason
    o = out[i]
    o.first_ns = first
    o.last_ns = last
    o.run_ns = run
    o.denied_ns = denied
    o.allowed_ns = allowed
    o.reports = reports
    o.verdict = verdict
    o.reason = reason
