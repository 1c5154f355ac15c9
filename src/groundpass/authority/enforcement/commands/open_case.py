"""Open cases: a machine finds a difference, a person will decide what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from groundpass.authority.audit.api import Draft, record_many, utc
from groundpass.authority.enforcement.models import Case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.authority.accounts.api import User
    from groundpass.authority.enforcement.models import Reconciliation


class Found(NamedTuple):
    """A difference that gets a case: its kind, the key of the terminal in hexadecimal, what was seen."""

    kind: str
    subject: str
    detail: dict[str, object]


@transaction.atomic
def open_cases(
    reconciliation: Reconciliation, found: Sequence[Found], *, actor: User, now: int
) -> list[Case]:
    """Open a case for each, with an event for each. The caller has seen to it that none is open already."""
    rows = [
        Case(
            reconciliation=reconciliation,
            feed=reconciliation.report.feed,
            kind=one.kind,
            subject=one.subject,
            opened_at=utc(now),
            detail=one.detail,
        )
        for one in found
    ]
    opened = Case.objects.bulk_create(rows)
    serial = reconciliation.report.serial
    drafts = [
        Draft("enforcement.open_case", f"case:{row.pk}", {"kind": row.kind, "serial": serial})
        for row in opened
    ]
    record_many(drafts, actor=actor.username, now=now)
    return opened
