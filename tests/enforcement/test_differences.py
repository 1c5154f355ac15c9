"""Promise against act at one terminal, on plain values."""

from __future__ import annotations

import numpy as np
import pytest

from enforcement.rows import allowed, denied, observed
from groundpass.authority.enforcement.domain.differences import (
    ACTIVE,
    ALLOWED,
    DENIED,
    detail,
    differences,
    subject,
)
from groundpass.kernel.core.state import Entries
from groundpass.kernel.core.verdicts import Reason, Verdict

APPLIED = 1000
LISTED = Entries(
    np.array([1, 2, 3], np.uint64),
    np.ones(3, np.uint16),
    np.array([0, 5000, 0], np.int64),  # 2 is not valid yet
    np.array([9000, 9000, 900], np.int64),  # 3 is not valid any more
)


def found(*rows, before=LISTED):
    """Keys by kind, those without any left out."""
    seen = observed(*rows)
    made = differences(seen, LISTED, before, APPLIED)
    return {kind: seen.key[which].tolist() for kind, which in made.items() if len(which)}


@pytest.mark.parametrize("reason", [Reason.UNLISTED, Reason.EXPIRED, Reason.NOT_YET_VALID])
def test_a_valid_terminal_that_is_denied_for_its_listing_is_a_difference(reason):
    assert found(denied(1, 1200, 1300, reason)) == {DENIED: [1]}
    assert found(denied(2, 1200, 1300, reason), denied(3, 1200, 1300, reason)) == {}


@pytest.mark.parametrize(
    "reason", [Reason.TOO_FAST, Reason.PROFILE_DENIED, Reason.OUT_OF_AREA, Reason.BLOCKED]
)
def test_a_denial_by_place_rule_or_speed_is_not_judged_without_a_position(reason):
    assert found(denied(1, 1200, 1300, reason)) == {}


def test_an_unlisted_terminal_that_is_allowed_as_listed_is_a_difference():
    assert found(allowed(77, 1200, 1300)) == {ALLOWED: [77]}
    assert found(allowed(77, 1200, 1300, Reason.UNLISTED)) == {}  # an open list allows it as unlisted
    assert found(allowed(3, 1200, 1300)) == {}  # past its validity: grace may let it
    assert found((77, Verdict.UNGOVERNED, Reason.OUTSIDE, 1200, 1300, None, None)) == {}


def test_a_denied_terminal_that_stays_active_is_a_difference():
    assert found(denied(77, 1200, 1500)) == {}
    assert found(denied(77, 1200, 1501)) == {ACTIVE: [77]}
    assert found(denied(1, 1200, 1501)) == {DENIED: [1], ACTIVE: [1]}


def test_a_verdict_of_the_release_before_is_judged_only_where_both_say_the_same():
    late, early = denied(1, 500, 1000), denied(1, 500, 999)
    assert found(late, before=None) == found(late, before=Entries.empty()) == {DENIED: [1], ACTIVE: [1]}
    assert found(early, before=None) == found(early, before=Entries.empty()) == {ACTIVE: [1]}
    assert found(early) == {DENIED: [1], ACTIVE: [1]}
    assert found(allowed(77, 500, 999), before=Entries.empty()) == {ALLOWED: [77]}


def test_nobody_listed_makes_everybody_unlisted():
    seen = observed(allowed(1, 1200, 1300))
    assert differences(seen, Entries.empty(), None, APPLIED)[ALLOWED].tolist() == [0]


def test_a_case_tells_verdict_and_times_and_neither_place_nor_identifier():
    seen = observed(denied(2**64 - 1, 1200, 1501.5, Reason.EXPIRED), allowed(10, 5, 6))
    assert subject(int(seen.key[1])) == "f" * 16
    assert subject(int(seen.key[0])) == "000000000000000a"
    assert detail(seen, 1, 4) == {
        "serial": 4,
        "verdict": "DENY",
        "reason": "EXPIRED",
        "last_seen": 1501,
        "denied_since": 1200,
        "reports": 2,
    }
    assert detail(seen, 0, 4)["denied_since"] is None
