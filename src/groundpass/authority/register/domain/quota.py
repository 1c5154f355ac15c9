"""How many terminals a holder may have.

1. What counts: registrations that are live, and applications that wait for their decision. A renewal of the
   same terminal counts once.
2. `quota_unseen` bounds those that nobody at the counter has seen; `quota_shown` bounds all of them together.
3. None is no limit. Who needs more applies under another class: the path above the limit is a class, not an
   exception.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundpass.kernel.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Quota:
    """Limits of a class; None is no limit."""

    unseen: int | None
    shown: int | None


@dataclass(slots=True)
class Held:
    """What a holder has already: terminals seen at the counter, and not."""

    shown: int = 0
    unseen: int = 0

    def add(self, *, shown: bool, count: int = 1) -> None:
        """Count more of them; a negative count takes away."""
        if shown:
            self.shown += count
        else:
            self.unseen += count


def check_quota(quota: Quota, held: Held, *, shown: bool) -> None:
    """Let one more terminal pass. Raises Refused with the limit and the way to have more."""
    total = held.shown + held.unseen
    if quota.shown is not None and total >= quota.shown:
        raise Refused(
            f"This holder has {total} terminals, and the limit of their class is {quota.shown}",
            todo="Give one up first, or apply under a class with a higher limit",
        )
    if not shown and quota.unseen is not None and held.unseen >= quota.unseen:
        raise Refused(
            f"This holder has {held.unseen} terminals that were not shown, and {quota.unseen} is the limit",
            todo="Bring the terminal to the counter and register it as shown",
        )
