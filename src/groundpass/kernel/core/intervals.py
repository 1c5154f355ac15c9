"""Intervals of time, half open, in UTC.

Law and registrations count whole seconds (`int64` seconds since 1970-01-01T00:00:00Z); position reports count
nanoseconds. Both are Python or NumPy integers, never floats: a float64 of nanoseconds is off by up to 128 ns
today, and a verdict on the second of an edge must be exact.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from groundpass.kernel.core.errors import BadInput

NS: Final = 1_000_000_000  # nanoseconds in a second
NEVER: Final = 2**63 - 1  # seconds; the end of an interval without an end, and "never" as valid_until in ns
ALWAYS: Final = -(2**63)  # seconds; the beginning of an interval without a beginning
NO_TIME: Final = -(2**63)  # ns; a missing time, the same number as NumPy's NaT


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """`[start, end)` in UTC seconds. An empty or backward interval is refused."""

    start: int = ALWAYS
    end: int = NEVER

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise BadInput(
                f"The interval from {show_time(self.start)} until {show_time(self.end)} is empty",
                why="its end is not after its start",
                todo="Give an end after the start",
            )

    def contains_ns(self, time_ns: int) -> bool:
        """Whether a time in nanoseconds lies in it."""
        return self.start <= time_ns // NS < self.end

    def contains(self, second: int) -> bool:
        """Whether a time in seconds lies in it."""
        return self.start <= second < self.end

    def overlaps(self, other: Interval) -> bool:
        """Whether any second lies in both."""
        return self.start < other.end and other.start < self.end


def parse_time(text: str) -> int:
    """Read an ISO 8601 time as UTC seconds. Without an offset it is UTC; a date alone is its midnight.

    Raises BadInput with the text when it does not read, or when it has a fraction of a second.
    """
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(
            f"The time {text!r} does not read", why=str(error), todo="Write it as 2026-02-05T03:00:00Z"
        ) from error
    if moment.microsecond:
        raise BadInput(f"The time {text!r} has a fraction of a second", todo="Give whole seconds")
    return to_seconds(moment)


def to_seconds(moment: dt.datetime) -> int:
    """UTC seconds of a datetime, rounded down; a naive one is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    delta = moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    return delta.days * 86_400 + delta.seconds


def show_time(second: int) -> str:
    """Write UTC seconds as ISO 8601; the two ends of time as words."""
    if second == NEVER:
        return "never"
    if second == ALWAYS:
        return "always"
    try:
        return dt.datetime.fromtimestamp(second, tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{second} s"
