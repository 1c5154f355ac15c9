"""The one way an application comes in, alone or in thousands. What becomes of it: `domain.desk`.

Rows of one transaction hold their holders and terminals: on PostgreSQL `SELECT … FOR UPDATE` in the order of
keys, on SQLite the transaction is IMMEDIATE. Two clerks with the last free terminal of one holder wait for
each other, and one of them is refused. Events are written last: everybody wants the head of their chain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from groundpass.authority.accounts.api import Office, User
from groundpass.authority.audit.api import Draft, insert_many, record_many, utc
from groundpass.authority.register.domain.desk import Claim, Desk, Key, Outcome
from groundpass.authority.register.domain.lifecycle import LIVE, ApplicationState
from groundpass.authority.register.domain.quota import Held
from groundpass.authority.register.domain.submission import Problem, Ready
from groundpass.authority.register.keys import ring
from groundpass.authority.register.models import (
    Application,
    Holder,
    Registration,
    Terminal,
    TerminalIdentifier,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from uuid import UUID

DECLARED: Final = 50  # percent: how sure a pair of identifiers is that somebody said
SHOWN: Final = 90  # percent: the same, where the terminal was seen at the counter
TRIES: Final = 3  # a row that another transaction wrote in between is seen at the next try


@dataclass(frozen=True, slots=True)
class Row:
    """An application that reads, at an office."""

    ready: Ready
    office: Office | None


Taken = Application | Outcome | Problem  # an application where it was accepted


def take(rows: Sequence[Row], *, actor: User, now: int, batch: UUID | None = None) -> list[Taken]:
    """Take applications in, in their order, in one transaction; the caller has the rights.

    Gives, for each row, its application, or `Outcome.DUPLICATE`, or the problem for which it is refused.
    """
    for _ in range(TRIES - 1):
        try:
            return _take(rows, actor, now, batch)
        except IntegrityError:
            continue
    return _take(rows, actor, now, batch)


def look_up(desk: Desk, rows: Sequence[Row], now: int) -> list[str]:
    """Tell a desk what the register knows of these rows, and nothing that it knows already; lock nothing.

    Gives the blind index of each row's holder.
    """
    blind = ring().blind
    identities = [blind(*row.ready.identity) for row in rows]
    strangers = set(identities) - desk.held.keys()
    desk.classes.update(
        Holder.objects.filter(identity_index__in=strangers).values_list(
            "identity_index", "holder_class__code"
        )
    )
    desk.held.update(_held(strangers))
    values = {row.ready.terminal.value for row in rows} - {value for _, value in desk.claims}
    desk.claims.update(_claims(values, utc(now)))
    kits = {row.ready.kit.value for row in rows if row.ready.kit} - desk.pairs.keys()
    desk.pairs.update(_pairs(kits))
    return identities


@transaction.atomic
def _take(rows: Sequence[Row], actor: User, now: int, batch: UUID | None) -> list[Taken]:
    at = utc(now)
    holders, new_holders = _lock_holders(rows, at)
    terminals, new_terminals = _lock_terminals(rows)
    desk = Desk()
    identities = look_up(desk, rows, now)
    paired = set(desk.pairs)
    taken: list[Taken] = []
    pairs: list[TerminalIdentifier] = []
    for row, identity in zip(rows, identities, strict=True):
        outcome = desk.decide(row.ready, identity)
        if outcome is Outcome.ACCEPTED:
            terminal = terminals[row.ready.terminal.scheme, row.ready.terminal.value]
            taken.append(_application(row, holders[identity], terminal, actor, at, batch))
            if row.ready.kit and row.ready.kit.value not in paired:
                paired.add(row.ready.kit.value)
                pairs.append(_pair(row.ready, terminal, at))
        else:
            taken.append(outcome)
    applications = [item for item in taken if isinstance(item, Application)]
    insert_many(applications)
    insert_many(pairs)
    if len(applications) < len(rows):
        _forget(new_holders, new_terminals)
    record_many([_draft(item) for item in applications], actor=actor.username, now=now)
    return taken


def _lock_holders(rows: Sequence[Row], at: dt.datetime) -> tuple[dict[str, int], set[str]]:
    """Keys of these rows' holders by blind index, made where new, and locked; the indexes of the new ones."""
    blind = ring().blind
    wanted = {blind(*row.ready.identity): row.ready for row in rows}
    known = Holder.objects.filter(identity_index__in=wanted)
    new = wanted.keys() - set(known.values_list("identity_index", flat=True))
    insert_many([_holder(wanted[index], index, at) for index in sorted(new)], ignore_conflicts=True)
    locked = known.select_for_update().order_by("pk")
    return dict(locked.values_list("identity_index", "pk")), new


def _holder(ready: Ready, index: str, at: dt.datetime) -> Holder:
    protected = ready.holder_class.protected
    number = ready.identity[1]
    return Holder(
        holder_class_id=ready.holder_class.id,
        name=ready.name,
        tax_id="" if protected else number,
        sealed_reference=number if protected else "",
        identity_index=index,
        protected=protected,
        created_at=at,
    )


def _lock_terminals(rows: Sequence[Row]) -> tuple[dict[Key, Terminal], set[Key]]:
    """Terminals of these rows by key, made where they are new, and locked; the keys of the new ones."""
    wanted = {(row.ready.terminal.scheme, row.ready.terminal.value) for row in rows}
    known = Terminal.objects.filter(value__in={value for _, value in wanted})
    new = wanted - set(known.values_list("scheme", "value"))
    insert_many(
        [Terminal(scheme=scheme, value=value) for scheme, value in sorted(new)], ignore_conflicts=True
    )
    locked = known.all().select_for_update().order_by("pk")
    return {(terminal.scheme, terminal.value): terminal for terminal in locked}, new


def _forget(holders: set[str], terminals: set[Key]) -> None:
    """Remove what was made for rows that were refused: of a refusal nothing is kept."""
    Holder.objects.filter(identity_index__in=holders, applications=None).delete()
    values = {value for _, value in terminals}
    Terminal.objects.filter(value__in=values, applications=None, identifiers=None).delete()


def _held(identities: set[str]) -> dict[str, Held]:
    """What holders have: applications that wait, and those whose registration is live."""
    counted = Q(state=ApplicationState.SUBMITTED) | Q(registration__state__in=LIVE)
    found = {identity: Held() for identity in identities}
    rows = Application.objects.filter(counted, holder__identity_index__in=identities)
    totals = rows.values_list("holder__identity_index", "shown").annotate(n=Count("pk")).order_by()
    for identity, shown, count in totals:
        found[identity].add(shown=shown, count=count)
    return found


def _claims(values: set[str], at: dt.datetime) -> dict[Key, Claim]:
    """Who has these terminals: an application that waits counts before a registration that it renews."""
    place = ("terminal__scheme", "terminal__value", "holder__identity_index")
    live = Registration.objects.filter(state__in=LIVE, terminal__value__in=values)
    waiting = Application.objects.filter(state=ApplicationState.SUBMITTED, terminal__value__in=values)
    claims = {
        (scheme, value): Claim(identity, registered=True, over=until <= at, shown=shown)
        for scheme, value, identity, until, shown in live.values_list(
            *place, "valid_until", "application__shown"
        )
    }
    for scheme, value, identity, shown in waiting.values_list(*place, "shown"):
        claims[scheme, value] = Claim(identity, registered=False, over=False, shown=shown)
    return claims


def _pairs(kits: set[str]) -> dict[str, Key]:
    known = TerminalIdentifier.objects.filter(scheme="kit", value__in=kits, ends=None)
    rows = known.values_list("value", "terminal__scheme", "terminal__value")
    return {kit: (scheme, value) for kit, scheme, value in rows}


def _application(  # noqa: PLR0913, PLR0917 - it joins this many things, all of them from `_take`
    row: Row, holder: int, terminal: Terminal, actor: User, at: dt.datetime, batch: UUID | None
) -> Application:
    ready = row.ready
    return Application(
        holder_id=holder,
        terminal=terminal,
        usage_class_id=ready.usage_class.id,
        office=row.office,
        submitted_by=actor,
        submitted_at=at,
        shown=ready.shown,
        document_type=ready.document_type,
        document_last=ready.document_last,
        batch=batch,
    )


def _pair(ready: Ready, terminal: Terminal, at: dt.datetime) -> TerminalIdentifier:
    kinds = TerminalIdentifier.Provenance
    return TerminalIdentifier(
        terminal=terminal,
        scheme="kit",
        value=ready.kit.value if ready.kit else "",
        provenance=kinds.SHOWN if ready.shown else kinds.DECLARED,
        confidence=SHOWN if ready.shown else DECLARED,
        starts=at,
    )


def _draft(application: Application) -> Draft:
    """The event of an application; which class it is of would tell who is protected."""
    detail = {
        "terminal": str(application.terminal.uuid),
        "office": application.office.code if application.office else None,
        "shown": application.shown,
    }
    return Draft("register.submit", f"application:{application.uuid}", detail)
