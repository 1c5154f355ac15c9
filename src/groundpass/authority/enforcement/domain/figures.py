"""What a reconciliation says, as plain values, and the two rates. All times are UTC.

1. Every figure says its numerator, denominator, window, releases and ground truth; a share whose denominator
   is zero or unknown is None, "not known", and never 0.
2. A terminal counts where its last report lies in the window of the operator's report: the list of what was
   seen goes further back than the release that is answered for.
3. *Leak*: of the terminals whose last verdict is DENY, those seen active more than 5 minutes after that
   unbroken run of denials began. Who was denied and then allowed again is in neither number: when exactly the
   denial ended is not told. Who was denied in the last 5 minutes counts as denied, and cannot leak yet.
4. *False cut*: of the terminals that were entitled and seen, those whose last verdict is DENY. Who was
   entitled is told by `truth`, which only a simulation has; without it the share is not known.
5. Where a truth is given, the terminals were invented: every figure is then marked simulated.
"""

from __future__ import annotations

import tomllib
from dataclasses import fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from groundpass.authority.enforcement.domain import wilson
from groundpass.kernel.core.intervals import NS
from groundpass.kernel.core.verdicts import Verdict
from groundpass.kernel.wire.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

LEAK_AFTER: Final = 300  # seconds of denial after which service must have ended

Window = tuple[int, int]  # UTC seconds, [from, until)
Texts = dict[str, str]  # by language


class Ground(msgspec.Struct, frozen=True):
    """What the figures of one reconciliation have in common."""

    window: Window | None
    releases: tuple[int, ...]
    simulated: bool


class Share(msgspec.Struct, frozen=True):
    """A part of a whole, with its 95 % Wilson interval `low`..`high`; None is "not known"."""

    value: float | None
    numerator: int | None
    denominator: int | None
    low: float | None
    high: float | None
    window: Window | None
    releases: tuple[int, ...]
    ground_truth: Texts
    simulated: bool


class Spread(msgspec.Struct, frozen=True):
    """Median, 95th percentile and maximum of delays that occurred, in seconds; None where there is none."""

    p50: float | None
    p95: float | None
    max: float | None


class Delays(msgspec.Struct, frozen=True):
    """How long changes took: `numerator` of `denominator` changes are shown, the stages one after another."""

    p50: float | None
    p95: float | None
    max: float | None
    numerator: int
    denominator: int | None
    stages: dict[str, Spread]
    window: Window | None
    releases: tuple[int, ...]
    ground_truth: Texts
    simulated: bool


class Figures(msgspec.Struct, frozen=True):
    """All that one reconciliation found.

    `release_delay`: seconds of each stage of the release's way to the operator, our clock against theirs.
    `differences`: by kind, how many terminals were `found` and how many cases `opened` for them.
    """

    leak_rate: Share
    false_cut_rate: Share
    time_to_enforce: Delays
    release_delay: dict[str, int]
    differences: dict[str, dict[str, int]]
    simulated: bool


def within(seen: Observations, window: Window | None) -> Observations:
    """The terminals whose last report lies in a window; none without one."""
    if window is None:
        return Observations.none()
    start, end = window
    return take(seen, (seen.last_seen_ns >= start * NS) & (seen.last_seen_ns < end * NS))


def take(seen: Observations, which: npt.NDArray[np.bool_]) -> Observations:
    """Some rows."""
    return Observations(*(getattr(seen, item.name)[which] for item in fields(seen)))


def leaking(seen: Observations) -> npt.NDArray[np.bool_]:
    """Rows that are denied at last, and were seen active more than LEAK_AFTER into that denial."""
    denied_for = seen.last_seen_ns - seen.first_denied_ns  # wraps where there was no denial: masked here
    return np.asarray((seen.verdict == Verdict.DENY) & (denied_for > LEAK_AFTER * NS), np.bool_)


def leak_rate(seen: Observations, ground: Ground) -> Share:
    """Rule 3, over rows of the window."""
    denied = int(np.count_nonzero(seen.verdict == Verdict.DENY))
    return share(int(np.count_nonzero(leaking(seen))), denied, ground, "leak")


def false_cut_rate(seen: Observations, truth: Mapping[int, bool] | None, ground: Ground) -> Share:
    """Rule 4, over rows of the window. Keys of `truth` that were not seen do not count."""
    if truth is None:
        return share(None, None, ground, "false_cut_in_the_field")
    entitled = _entitled(seen.key, truth)
    cut = int(np.count_nonzero(entitled & (seen.verdict == Verdict.DENY)))
    return share(cut, int(np.count_nonzero(entitled)), ground, "false_cut")


def share(numerator: int | None, denominator: int | None, ground: Ground, truth: str) -> Share:
    """A share with its interval; not known where the denominator is zero or not known."""
    value = low = high = None
    if numerator is not None and denominator:
        value = numerator / denominator
        low, high = wilson.interval(numerator, denominator)
    return Share(
        value, numerator, denominator, low, high,
        ground.window, ground.releases, texts("ground_truth", truth), ground.simulated,
    )  # fmt: skip


def texts(section: str, name: str) -> Texts:
    """A text beside this file in every language: `section` is `ground_truth` or `kind`."""
    return dict(_texts()[section][name])


def _entitled(keys: npt.NDArray[np.uint64], truth: Mapping[int, bool]) -> npt.NDArray[np.bool_]:
    good = np.fromiter((key for key, entitled in truth.items() if entitled), np.uint64)
    return np.isin(keys, good)


@cache
def _texts() -> dict[str, dict[str, Texts]]:
    path = resources.files("groundpass.authority.enforcement.domain").joinpath("texts.toml")
    return tomllib.loads(path.read_text("utf-8"))
