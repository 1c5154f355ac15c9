"""Rows that no ledger writes: refused with their number."""

from __future__ import annotations

import pytest

from enforcement.rows import allowed, denied, observed
from groundpass.authority.enforcement.domain.checks import check_rows
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import Reason, Verdict
from groundpass.kernel.wire.observations import Observations

DENY, ALLOW = (Verdict.DENY, Reason.UNLISTED), (Verdict.ALLOW, Reason.LISTED)
GONE = (Verdict.UNGOVERNED, Reason.OUTSIDE)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((7, *DENY, 90, 60, 90, None), "last seen before they are first seen"),
        ((7, *GONE, None, 60, None, None), "last seen before they are first seen"),
        ((7, *DENY, 60, 90, 30, None), "DENY outside of the time they are seen"),
        ((7, *GONE, 60, 90, 91, None), "DENY outside of the time they are seen"),
        ((7, *ALLOW, 60, 90, None, 91), "ALLOW outside of the time they are seen"),
        ((7, *DENY, 60, 90, None, 60), "DENY at last, and since no time"),
        ((7, *ALLOW, 60, 90, 60, None), "ALLOW at last, and since no time"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_with_its_number(row, told):
    good = [denied(1, 10, 20), allowed(2, 10, 10), (3, *GONE, 10, 20, 15, None)]
    check_rows(observed(*good))
    with pytest.raises(BadInput, match=f"1 terminals of the enforcement report are {told}"):
        check_rows(observed(*good, row))


def test_nobody_seen_is_no_contradiction():
    check_rows(Observations.none())
