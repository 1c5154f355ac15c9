"""Approve a rule set: the second of two officers. Or withdraw a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from groundpass.authority.accounts.api import User, require, require_two
from groundpass.authority.audit.api import record, utc
from groundpass.authority.policy.models import RuleSet
from groundpass.authority.policy.queries import ruleset
from groundpass.kernel.core.errors import Refused

if TYPE_CHECKING:
    from typing import Any


@transaction.atomic
def approve(number: int, *, actor: User, now: int) -> RuleSet:
    """Put a proposed rule set in force, from now or from the later date that it names.

    Raises NotFound, NoRight, SecondPerson where the approver proposed it, Refused where it is no longer
    proposed.
    """
    require(actor, "policy.approve")
    found = ruleset(number)
    require_two(found.proposed_by, actor)
    at = utc(now)
    _leave_proposed(
        found,
        state=RuleSet.State.APPROVED,
        approved_by=actor,
        approved_at=at,
        effective_from=max(at, found.effective_from or at),
    )
    record(
        "policy.approve",
        f"ruleset:{number}",
        actor=actor.username,
        now=now,
        detail={"proposed_by": found.proposed_by.username},
        topic="policy.approved",
    )
    return ruleset(number)


@transaction.atomic
def withdraw(number: int, reason: str, *, actor: User, now: int) -> RuleSet:
    """Take a proposal back, whoever made it. Raises NotFound, NoRight, Refused where it is no longer one."""
    require(actor, "policy.propose")
    found = ruleset(number)
    _leave_proposed(found, state=RuleSet.State.WITHDRAWN)
    record("policy.withdraw", f"ruleset:{number}", actor=actor.username, now=now, detail={"reason": reason})
    return ruleset(number)


def _leave_proposed(found: RuleSet, **values: Any) -> None:  # noqa: ANN401 - columns of any type
    """Compare and set: of two officers at once, one wins and the other is told."""
    changed = RuleSet.objects.filter(pk=found.pk, state=RuleSet.State.PROPOSED).update(**values)
    if not changed:
        found.refresh_from_db()
        raise Refused(
            f"Rule set {found.number} is {found.state}, not proposed",
            todo="Propose a new one with: groundpass policy propose FILE",
        )
