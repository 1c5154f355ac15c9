"""The two ends of an application besides approval: refused by a reviewer, withdrawn by who submitted it."""

from __future__ import annotations

from django.db import transaction

from groundpass.authority.accounts.api import User, require, require_two
from groundpass.authority.audit.api import record, utc
from groundpass.authority.register.domain.lifecycle import ApplicationState, check_application_move
from groundpass.authority.register.models import Application
from groundpass.kernel.core.errors import BadInput, NoRight

MAX_REASON = 500  # characters


@transaction.atomic
def refuse(application: Application, reason: str, *, actor: User, now: int) -> Application:
    """Refuse an application, with the reason that its holder is told.

    Raises NoRight; SecondPerson for who submitted it; Refused when it is decided; BadInput without a reason.
    """
    require(actor, "register.approve")
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("submitted_by")
        .get(pk=application.pk)
    )
    check_application_move(row.state, ApplicationState.REFUSED)
    require_two(row.submitted_by, actor)
    return _end(row, ApplicationState.REFUSED, check_reason(reason), actor, now)


@transaction.atomic
def withdraw(application: Application, reason: str, *, actor: User, now: int) -> Application:
    """Withdraw an application that one submitted oneself. Raises as `refuse`; NoRight for anybody else."""
    require(actor, "register.submit")
    row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    check_application_move(row.state, ApplicationState.WITHDRAWN)
    if row.submitted_by_id != actor.pk:
        raise NoRight(
            f"{actor.username} did not submit this application", todo="Ask who submitted it, or refuse it"
        )
    return _end(row, ApplicationState.WITHDRAWN, check_reason(reason), actor, now)


def check_reason(reason: str) -> str:
    """The reason without blanks around it. Raises BadInput when there is none, or too much of it."""
    clean = reason.strip()
    if not clean or len(clean) > MAX_REASON:
        raise BadInput(f"A reason of 1 to {MAX_REASON} characters is needed", todo="Say why, in a sentence")
    return clean


def _end(row: Application, state: ApplicationState, reason: str, actor: User, now: int) -> Application:
    row.state, row.reason, row.decided_by, row.decided_at = state, reason, actor, utc(now)
    row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    verb = {ApplicationState.REFUSED: "register.refuse", ApplicationState.WITHDRAWN: "register.withdraw"}[
        state
    ]
    record(verb, f"application:{row.uuid}", actor=actor.username, now=now)
    return row
