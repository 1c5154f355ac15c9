"""Times as the tables hold them, and as commands take them."""

from __future__ import annotations

import datetime as dt


def utc(seconds: int) -> dt.datetime:
    """UTC seconds as an aware datetime. The way back is `kernel.core.intervals.to_seconds`."""
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
