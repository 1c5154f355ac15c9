"""The effect: the operator's signed report comes back, and is held against what was published.

Who was entitled is known because the fleet is invented; the figures say "simulated" for that.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from groundpass.authority.enforcement.api import Figures, Share, figures_of, ingest, reconcile
from groundpass.authority.publication.api import Feed, entry_keys_of
from groundpass.doors.demo.steps.operate import report

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.authority.enforcement.api import IncomingReport
    from groundpass.doors.demo.cast import Cast
    from groundpass.doors.demo.fleet import StoryFleet
    from groundpass.doors.demo.stage import Stage


def take_in(path: Path, cast: Cast, *, now: int) -> IncomingReport:
    """The operator's engineer hands in a report."""
    return ingest(path, actor=cast.engineer, now=now)


def measure(stage: Stage, cast: Cast, feed: Feed, fleet: StoryFleet) -> Figures:
    """Report on the day, hand it in, reconcile it."""
    now = int(time.time())
    incoming = take_in(report(stage, "enforcement-report.json", now=now), cast, now=now)
    return figures_of(reconcile(incoming, actor=cast.officer, now=now, truth=truth(feed, fleet)))


def truth(feed: Feed, fleet: StoryFleet) -> dict[int, bool]:
    """Entry key → whether the terminal was entitled at its last report."""
    keys, _ = entry_keys_of(feed, pa.array(fleet.terminal, pa.string()))
    return dict(zip(keys.tolist(), np.asarray(fleet.entitled()).tolist(), strict=True))


def rows(figures: Figures) -> list[tuple[str, str, str]]:
    """The three figures as people read them: name, value, what it was counted from."""
    delays = figures.time_to_enforce
    slowest = "not known" if delays.max is None else f"{delays.max:.2f} s"
    return [
        ("leak rate", *_share(figures.leak_rate, "denied terminals")),
        ("false-cut rate", *_share(figures.false_cut_rate, "entitled terminals")),
        ("time to enforce", slowest, f"{delays.numerator} of {delays.denominator} changes seen"),
    ]


def _share(share: Share, of: str) -> tuple[str, str]:
    """A share with its interval, and its counts."""
    if share.value is None or share.low is None or share.high is None:
        return "not known", ""
    return (
        f"{share.value:.3%} (95 % interval {share.low:.3%} to {share.high:.3%})",
        f"{share.numerator:,} of {share.denominator:,} {of}",
    )
