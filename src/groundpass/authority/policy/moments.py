"""Intervals of the kernel as two nullable columns of the database; null is "always" and "never"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundpass.authority.audit.api import utc
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import ALWAYS, NEVER, Interval, to_seconds

if TYPE_CHECKING:
    import datetime as dt


def interval(starts: dt.datetime | None, ends: dt.datetime | None) -> Interval:
    """Two columns as an interval."""
    return Interval(
        ALWAYS if starts is None else to_seconds(starts), NEVER if ends is None else to_seconds(ends)
    )


def columns(effective: Interval) -> tuple[dt.datetime | None, dt.datetime | None]:
    """An interval as two columns. Raises BadInput where an end lies outside the calendar."""
    try:
        return (
            None if effective.start == ALWAYS else utc(effective.start),
            None if effective.end == NEVER else utc(effective.end),
        )
    except (OverflowError, ValueError, OSError) as error:
        raise BadInput("An interval has an end outside the calendar", why=str(error)) from error
