"""Whether the rows of a report can be true at all: what the wire format lets through and no ledger writes.

1. Nobody is last seen before they are first seen, or not at all.
2. A run of denials or permissions began between the first report and the last.
3. Whose last verdict is a denial has a run of denials, and the same for permissions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.core.verdicts import Verdict

if TYPE_CHECKING:
    import numpy.typing as npt

    from groundpass.kernel.wire.observations import Observations


def check_rows(seen: Observations) -> None:
    """Let rows pass that keep the rules. Raises BadInput, which names how many do not."""
    first, last = seen.first_seen_ns, seen.last_seen_ns
    _refuse((first == NO_TIME) | (last < first) | (seen.reports == 0), "last seen before they are first seen")
    for runs, verdict in ((seen.first_denied_ns, Verdict.DENY), (seen.first_allowed_ns, Verdict.ALLOW)):
        begun = runs != NO_TIME
        _refuse(begun & ((runs < first) | (runs > last)), f"{verdict.name} outside of the time they are seen")
        _refuse(~begun & (seen.verdict == verdict), f"{verdict.name} at last, and since no time")


def _refuse(wrong: npt.NDArray[np.bool_], what: str) -> None:
    count = int(np.count_nonzero(wrong))
    if count:
        raise BadInput(
            f"{count} terminals of the enforcement report are {what}",
            why="the rows contradict themselves",
            todo="Have the operator build the report again",
        )
