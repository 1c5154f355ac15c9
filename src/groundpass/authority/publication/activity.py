"""Who tells the brake which terminals are active.

Publication lies below telemetry and must not know it, so telemetry says at start-up where to ask. Where
nobody tells, activity is unknown and the brake is at its strictest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.authority.publication.domain.activity import Activity
from groundpass.authority.publication.domain.brake import WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundpass.authority.publication.models import Feed

    Source = Callable[[Feed, int, int], Activity]  # feed, from and until in UTC seconds

_sources: Final[list[Source]] = []


def use_activity(source: Source) -> None:
    """Ask this source from now on."""
    _sources[:] = [source]


def activity_of(feed: Feed, now: int) -> Activity:
    """What was active in the 24 h before `now`."""
    return _sources[0](feed, now - WINDOW, now) if _sources else Activity.unknown()
