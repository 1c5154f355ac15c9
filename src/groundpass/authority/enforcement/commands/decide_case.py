"""Decide a case: a person says what it was. What follows for the registration is done in the register."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.enforcement.models import Case
from groundpass.authority.enforcement.queries import find_case
from groundpass.kernel.core.errors import BadInput, Refused

LONGEST: Final = 500  # characters of a reason
RIGHT: Final = "register.suspend"  # whoever may act on the registration may say what happened to it


@transaction.atomic
def decide_case(case: Case, decision: str, reason: str, *, actor: User, now: int) -> Case:
    """Write what a case was found to be, once.

    `decision`: one of `Case.Decision`; `reason`: for colleagues, no names. Raises NoRight, BadInput, Refused
    where somebody has decided it.
    """
    require(actor, RIGHT)
    if decision not in Case.Decision.values:
        raise BadInput(
            f"There is no decision {decision!r}", todo=f"Choose one of {', '.join(Case.Decision.values)}"
        )
    said = reason.strip()
    if not said or len(said) > LONGEST:
        raise BadInput("A decision needs a reason", todo=f"Write one sentence, at most {LONGEST} characters")
    changed = Case.objects.filter(pk=case.pk, state=Case.State.OPEN).update(
        state=Case.State.DECIDED, decision=decision, reason=said, decided_by=actor, decided_at=utc(now)
    )
    if not changed:
        raise Refused(f"Case {case.pk} is decided already", todo="Look at who decided it, and ask them")
    record(
        "enforcement.decide_case",
        f"case:{case.pk}",
        actor=actor.username,
        now=now,
        detail={"decision": decision},
        topic="enforcement.decided",
    )
    return find_case(case.pk)
