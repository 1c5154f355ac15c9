"""Tick off what the outbox held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from groundpass.authority.audit.domain.times import utc
from groundpass.authority.audit.models import Outbox

if TYPE_CHECKING:
    from collections.abc import Iterable


@transaction.atomic
def mark_handled(messages: Iterable[Outbox], *, now: int) -> int:
    """Say that these messages were acted on; give how many were still waiting.

    Call it in the transaction of the act, so that a crash repeats the message instead of losing it.
    """
    waiting = Outbox.objects.filter(pk__in=[message.pk for message in messages], handled_at=None)
    return waiting.update(handled_at=utc(now))
