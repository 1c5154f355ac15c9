"""The rates and delays on plain values."""

from __future__ import annotations

import numpy as np
import pytest

from enforcement.rows import allowed, denied, observed
from groundpass.authority.enforcement.domain.changes import Way, changes, spread, time_to_enforce
from groundpass.authority.enforcement.domain.figures import (
    Ground,
    Spread,
    false_cut_rate,
    leak_rate,
    texts,
    within,
)
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.core.state import Entries
from groundpass.kernel.core.verdicts import Reason, Verdict

GROUND = Ground((0, 10_000), (4,), simulated=False)
WAY = Way(published=1000, received=1010, verified=1012, applied=1015)
SOON = 10_000_000  # s; entries of these tests last until then


def entries(*pairs):
    """Entries from (key, valid from)."""
    pairs = sorted(pairs)
    return Entries(
        np.array([key for key, _ in pairs], np.uint64),
        np.ones(len(pairs), np.uint16),
        np.array([start for _, start in pairs], np.int64),
        np.full(len(pairs), SOON, np.int64),
    )


def test_a_leak_is_active_more_than_five_minutes_into_its_denial():
    seen = observed(
        denied(1, 100, 400),  # five minutes to the second: none yet
        denied(2, 100, 400.001),
        denied(3, 100, 9000, Reason.TOO_FAST),
        denied(4, 100, 100),
        allowed(5, 300, 9000, denied=100),  # let go again: no denial at last
        (6, Verdict.UNGOVERNED, Reason.OUTSIDE, 50, 9000, 100, None),  # left the territory
        allowed(7, 10, 9000),
    )
    share = leak_rate(seen, GROUND)
    assert (share.numerator, share.denominator, share.value) == (2, 4, 0.5)
    assert 0 < share.low < 0.5 < share.high < 1
    assert (share.window, share.releases, share.simulated) == ((0, 10_000), (4,), False)
    assert "5 minutes" in share.ground_truth["en"]
    assert set(share.ground_truth) == {"en", "uk"}


def test_a_denial_that_began_again_is_counted_from_its_new_beginning():
    again = denied(1, 900, 1000, allowed=500)  # denied before 500 as well, and then allowed
    assert leak_rate(observed(again), GROUND).numerator == 0


def test_nobody_denied_gives_no_leak_rate_rather_than_none_leaking():
    share = leak_rate(observed(allowed(1, 10, 20)), GROUND)
    assert (share.value, share.low, share.high) == (None, None, None)
    assert (share.numerator, share.denominator) == (0, 0)


def test_a_false_cut_is_denied_at_last_though_entitled():
    seen = observed(denied(1, 10, 20), denied(2, 10, 20), allowed(3, 10, 20), allowed(4, 15, 20, denied=10))
    truth = {1: True, 2: False, 3: True, 4: True, 99: True}  # 99 was never seen
    share = false_cut_rate(seen, truth, Ground((0, 100), (4,), simulated=True))
    assert (share.numerator, share.denominator, share.simulated) == (1, 3, True)
    nobody = false_cut_rate(seen, {}, GROUND)
    assert (nobody.value, nobody.denominator) == (None, 0)


def test_without_a_truth_the_false_cut_rate_is_not_known_and_says_so():
    share = false_cut_rate(observed(denied(1, 10, 20)), None, GROUND)
    assert (share.value, share.numerator, share.denominator) == (None, None, None)
    assert "not known" in share.ground_truth["en"]


def test_terminals_count_where_their_last_report_lies_in_the_window():
    seen = observed(denied(1, 10, 99.9), denied(2, 10, 100), denied(3, 150, 199.9), denied(4, 10, 200))
    assert within(seen, (100, 200)).key.tolist() == [2, 3]
    assert len(within(seen, None)) == 0


def test_changes_are_what_the_list_gained_and_lost_with_their_approvals():
    before, after = entries((1, 10), (2, 10), (3, 10)), entries((2, 10), (4, 700), (5, 10), (6, 20))
    made = changes(before, after, 600, {1: 800, 5: 850, 2: 900})
    assert made.key.tolist() == [1, 3, 4, 5, 6]
    assert made.added.tolist() == [False, False, True, True, True]
    # 1 was revoked, 3 left for a reason that nobody wrote, 4 is new, 5 resumed, 6 came back unexplained.
    assert made.approved.tolist() == [800, NO_TIME, 700, 850, NO_TIME]


def test_time_to_enforce_runs_from_the_approval_to_the_first_changed_verdict():
    before = entries((10, 1), (11, 1), (12, 1))
    after = entries((1, 900), (2, 920), (3, 940), (4, 950), (5, 960), (12, 1))
    made = changes(before, after, 800, {10: 930, 11: 930})
    seen = observed(
        allowed(1, 1020.5, 2000, denied=500),
        allowed(2, 1040, 2000, denied=500),
        allowed(3, 1016, 2000),  # never seen before it was listed: nothing changed
        denied(4, 500, 2000),  # not seen to change yet
        allowed(5, 900, 2000, denied=500),  # changed before the approval: for another cause
        denied(10, 1100, 1100, allowed=400),
        denied(11, 1100, 1100, Reason.TOO_FAST, allowed=400),  # denied for its speed
        allowed(12, 1017, 2000, denied=500),  # listed all the while: its place changed, not the list
        denied(99, 10, 20),
    )
    delays = time_to_enforce(made, seen, WAY, GROUND)
    assert (delays.numerator, delays.denominator) == (3, 7)
    assert (delays.p50, delays.p95, delays.max) == (120.5, 170.0, 170.0)
    assert delays.stages == {
        "approval_to_published": Spread(80.0, 100.0, 100.0),
        "published_to_received": Spread(10.0, 10.0, 10.0),
        "received_to_verified": Spread(2.0, 2.0, 2.0),
        "verified_to_applied": Spread(3.0, 3.0, 3.0),
        "applied_to_verdict": Spread(25.0, 85.0, 85.0),
    }


def test_changes_that_cannot_be_told_leave_the_time_unknown():
    nobody = time_to_enforce(changes(entries(), entries((1, 900)), 0, {}), observed(), WAY, GROUND)
    assert (nobody.p50, nobody.numerator, nobody.denominator) == (None, 0, 1)
    lost = time_to_enforce(None, observed(allowed(1, 1020, 2000, denied=500)), WAY, GROUND)
    assert (lost.p50, lost.numerator, lost.denominator) == (None, 0, None)
    assert lost.stages["published_to_received"] == Spread(None, None, None)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        ([], Spread(None, None, None)),
        ([3.0], Spread(3.0, 3.0, 3.0)),
        ([1.0, 2.0], Spread(1.0, 2.0, 2.0)),
        (list(range(1, 101)), Spread(50.0, 95.0, 100.0)),
    ],
)
def test_percentiles_are_delays_that_occurred(seconds, told):
    assert spread(np.array(seconds, np.float64)) == told


def test_every_text_is_there_in_both_languages():
    for section, names in (
        ("ground_truth", ("leak", "false_cut", "false_cut_in_the_field", "time_to_enforce")),
        ("kind", ("denied_although_listed", "allowed_although_unlisted", "active_although_denied")),
    ):
        for name in names:
            assert set(texts(section, name)) == {"en", "uk"}
