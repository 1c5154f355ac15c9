"""What goes into a release, at any moment of history, and its count by another way.

`entries_at` reads the registrations as they stand and undoes what happened later; `count_at` adds up every
turn that any registration ever took. A lost row or a bad filter makes them differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from groundpass.authority.audit.api import utc
from groundpass.authority.register.domain.lifecycle import LISTED
from groundpass.authority.register.models import Registration, RegistrationFlip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

CHUNK: Final = 20_000  # rows fetched at a time, so that ten million never lie in memory at once


class Entry(NamedTuple):
    """A listed terminal. Times in UTC seconds, `[valid_from, valid_until)`.

    `protected` is for publication's assessment alone and never leaves the authority.
    """

    scheme: str
    value: str
    profile: str
    valid_from: int
    valid_until: int
    protected: bool


class _Seconds(Func):
    """A time as whole UTC seconds, made by the database: ten million datetimes would be slow in Python."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 - Django's
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 - Django's
        return self.as_sql(
            compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)::bigint", **context
        )


def entries_at(moment: int) -> Iterator[Entry]:
    """Terminals listed at `moment` (UTC seconds), by identifier, those past their validity among them.

    An entry tells its own end: the decision knows grace and EXPIRED. It leaves when the registration does.
    Call it and `count_at` in one transaction, so that both see one state.
    """
    rows = (
        listed_at(moment)
        .order_by("terminal__value", "terminal__scheme")
        .values_list(
            "terminal__scheme",
            "terminal__value",
            "profile",
            _Seconds("valid_from"),
            _Seconds("valid_until"),
            "holder__protected",
        )
    )
    return map(Entry._make, rows.iterator(chunk_size=CHUNK))


def listed_at(moment: int) -> QuerySet[Registration]:
    """Registrations that were listed at a moment."""
    later = RegistrationFlip.objects.filter(at__gt=utc(moment))
    if not later.exists():
        return Registration.objects.filter(state=LISTED)
    undone = later.filter(registration=OuterRef("pk")).order_by("at", "pk").values("from_state")[:1]
    return Registration.objects.annotate(then=Coalesce(Subquery(undone), F("state"))).filter(then=LISTED)


def count_at(moment: int) -> int:
    """How many terminals were listed at `moment`, added up from every turn until then."""
    turn = Case(When(to_state=LISTED, then=1), default=0) - Case(When(from_state=LISTED, then=1), default=0)
    turns = RegistrationFlip.objects.filter(at__lte=utc(moment))
    total = turns.aggregate(n=Coalesce(Sum(turn, output_field=IntegerField()), Value(0)))["n"]
    return int(total)
