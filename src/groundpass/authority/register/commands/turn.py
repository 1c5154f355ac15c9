"""What a person may do with a registration: suspend it, resume it, revoke it.

Each takes effect with the next release, and passes publication's brake there like every other removal.
"""

from __future__ import annotations

from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.register.commands.approve import TOPIC
from groundpass.authority.register.commands.decide import check_reason
from groundpass.authority.register.domain.lifecycle import RegistrationState, check_registration_move
from groundpass.authority.register.models import Registration, RegistrationFlip


def suspend(
    registration: Registration, reason: str, *, actor: User, now: int, clause: str = ""
) -> Registration:
    """Take a terminal off the list for a while. Raises NoRight, Refused, BadInput."""
    return _turn(registration, RegistrationState.SUSPENDED, "register.suspend", reason, clause, actor, now)


def resume(
    registration: Registration, reason: str, *, actor: User, now: int, clause: str = ""
) -> Registration:
    """Put a suspended terminal back on the list. Raises NoRight, Refused, BadInput."""
    return _turn(registration, RegistrationState.APPROVED, "register.suspend", reason, clause, actor, now)


def revoke(
    registration: Registration, reason: str, *, actor: User, now: int, clause: str = ""
) -> Registration:
    """End a registration for good. Raises NoRight, Refused, BadInput."""
    return _turn(registration, RegistrationState.REVOKED, "register.revoke", reason, clause, actor, now)


@transaction.atomic
def _turn(  # noqa: PLR0913, PLR0917 - the verbs above name each of them
    registration: Registration,
    to: RegistrationState,
    right: str,
    reason: str,
    clause: str,
    actor: User,
    now: int,
) -> Registration:
    require(actor, right)
    said = check_reason(reason)
    row = Registration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    check_registration_move(row.state, to)
    old, row.state = str(row.state), to
    row.save(update_fields=["state"])
    RegistrationFlip.objects.bulk_create(
        [
            RegistrationFlip(
                registration=row,
                from_state=old,
                to_state=to,
                at=utc(now),
                reason=said,
                clause=clause,
                actor=actor,
            )
        ]
    )
    verb = "register.resume" if to == RegistrationState.APPROVED else right
    subject = f"registration:{row.uuid}"
    record(
        verb, subject, actor=actor.username, now=now, clause=clause, before=old, after=str(to), topic=TOPIC
    )
    return row
