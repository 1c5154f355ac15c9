"""What becomes of an application, given what the register knows of its holder and its terminal.

1. A terminal that is registered, or applied for, by the same holder: a duplicate, nothing to do. By another:
   refused, and what is there stays untouched. Who is right is for a person to decide.
2. A registration past its validity may be applied for again by its holder: that is the renewal.
3. A holder keeps the class under which they were registered first; a KIT number belongs to one terminal.
4. Then the quota. Applications are decided in their order, and each counts for those that follow.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from groundpass.authority.register.domain.quota import Held, check_quota
from groundpass.authority.register.domain.submission import Problem, Ready
from groundpass.kernel.core.errors import Refused

Key = tuple[str, str]  # scheme and value of a terminal


class Outcome(enum.Enum):
    """What becomes of an application that has no problem."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has a terminal already, by blind index. `over`: a registration past its validity."""

    identity: str
    registered: bool
    over: bool
    shown: bool


@dataclass(slots=True)
class Desk:
    """What is known: holders by blind index (class code, terminals held), terminals by key, KIT numbers."""

    classes: dict[str, str] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    claims: dict[Key, Claim] = field(default_factory=dict)
    pairs: dict[str, Key] = field(default_factory=dict)

    def decide(self, ready: Ready, identity: str) -> Outcome | Problem:
        """Decide one application; one that is accepted is remembered."""
        key = (ready.terminal.scheme, ready.terminal.value)
        claim = self.claims.get(key)
        if claim and claim.identity != identity:
            return _taken_by_another(claim)
        if claim and not claim.over:
            return Outcome.DUPLICATE
        problem = self._objection(ready, identity, claim)
        if problem:
            return problem
        held = self.held.setdefault(identity, Held())
        if claim:
            held.add(shown=claim.shown, count=-1)
        held.add(shown=ready.shown)
        self.claims[key] = Claim(identity, registered=False, over=False, shown=ready.shown)
        self.classes[identity] = ready.holder_class.code
        if ready.kit:
            self.pairs[ready.kit.value] = key
        return Outcome.ACCEPTED

    def _objection(self, ready: Ready, identity: str, claim: Claim | None) -> Problem | None:
        known, asked = self.classes.get(identity, ready.holder_class.code), ready.holder_class.code
        if known != asked:
            what = f"This holder is in the register as {known}, and the application says {asked}"
            return Problem(
                "holder_class", what, f"Apply as {known}, or ask a reviewer to change the class", known
            )
        key = (ready.terminal.scheme, ready.terminal.value)
        if ready.kit and self.pairs.get(ready.kit.value, key) != key:
            return Problem("kit", "This KIT number belongs to another terminal", "Read both numbers again")
        now = self.held.get(identity, Held())
        held = Held(now.shown, now.unseen)
        if claim:
            held.add(shown=claim.shown, count=-1)
        try:
            check_quota(ready.holder_class.quota, held, shown=ready.shown)
        except Refused as refusal:
            return Problem("shown", refusal.what, refusal.todo)
        return None


def _taken_by_another(claim: Claim) -> Problem:
    """Refuse without a word about who it is."""
    if claim.registered:
        return Problem(
            "terminal",
            "This terminal is registered to another holder, and stays so",
            "Check the number; if it is right, the other holder gives it up first, or a reviewer decides",
        )
    return Problem(
        "terminal",
        "Another holder's application for this terminal is being decided",
        "Check the number; if it is right, wait for that decision or ask a reviewer",
    )
