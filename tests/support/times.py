"""The moment at which stories begin."""

from __future__ import annotations

from typing import Final

from groundpass.kernel.core.intervals import parse_time

NOW: Final = parse_time("2026-02-03T08:00:00Z")  # UTC seconds
HOUR: Final = 3600
DAY: Final = 24 * HOUR
