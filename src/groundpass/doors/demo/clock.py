"""The story's clock: when each act took place, counted back from the moment at which the story is told.

Reports lie in the 24 hours before that moment, and the list closes in their middle, so that one day shows the
time before and after. What the story registers, agrees and publishes beforehand carries earlier times; the
late registration is timed by the wall clock, because its speed is what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HOUR: Final = 3600  # seconds
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class StoryClock:
    """UTC seconds of each act; `now` is the moment at which the story is told."""

    now: int

    @property
    def closing(self) -> int:
        """When unlisted terminals begin to be denied: a whole hour, about twelve hours ago."""
        return (self.now - 12 * HOUR) // HOUR * HOUR

    @property
    def founded(self) -> int:
        """The people are appointed."""
        return self.now - 30 * DAY

    @property
    def counter(self) -> int:
        """A holder stands at the counter."""
        return self.now - 6 * DAY

    @property
    def imported(self) -> int:
        """The lists of companies and counters come in."""
        return self.now - 5 * DAY

    @property
    def reviewed(self) -> int:
        """A reviewer approves."""
        return self.now - 4 * DAY

    @property
    def proposed(self) -> int:
        """An officer proposes the rule set; a second one approves it an hour later."""
        return self.now - 3 * DAY

    @property
    def released(self) -> int:
        """Release 1: an hour before the list closes."""
        return self.closing - HOUR

    @property
    def day(self) -> tuple[int, int]:
        """The day whose reports are decided, `[from, until)`."""
        return self.now - DAY, self.now
