"""Rows of observations in few words; times in UTC seconds."""

from __future__ import annotations

import numpy as np

from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.core.verdicts import Reason, Verdict
from groundpass.kernel.wire.observations import Observations


def denied(key, since, last, reason=Reason.UNLISTED, *, allowed=None):
    """Denied without a break from `since` until it was last seen; before that perhaps allowed."""
    return (key, Verdict.DENY, reason, since if allowed is None else allowed, last, since, allowed)


def allowed(key, since, last, reason=Reason.LISTED, *, denied=None):
    """Allowed without a break from `since` until it was last seen; before that perhaps denied."""
    return (key, Verdict.ALLOW, reason, since if denied is None else denied, last, denied, since)


def observed(*rows):
    """Rows as columns."""
    rows = sorted(rows)
    times = [
        np.array([NO_TIME if row[place] is None else round(row[place] * NS) for row in rows], np.int64)
        for place in (3, 4, 5, 6)
    ]
    return Observations(
        np.array([row[0] for row in rows], np.uint64),
        np.array([row[1] for row in rows], np.uint8),
        np.array([row[2] for row in rows], np.uint8),
        *times,
        np.full(len(rows), 2, np.uint32),
    )
