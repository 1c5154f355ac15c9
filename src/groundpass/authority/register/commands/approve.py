"""Approve applications, one or thousands: each becomes a registration, by a person who did not submit it.

Checked again at this moment, whatever was true at submission: the state, the second person, that the terminal
has no live registration but the one that this renews, and the quota of the law in force now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from groundpass.authority.accounts.api import User, has_right, require, require_two
from groundpass.authority.audit.api import Draft, insert_many, record_many, utc
from groundpass.authority.register.domain.lifecycle import (
    LIVE,
    ApplicationState,
    RegistrationState,
    check_application_move,
    check_registration_move,
)
from groundpass.authority.register.domain.quota import Held, check_quota
from groundpass.authority.register.models import Application, Holder, Registration, RegistrationFlip
from groundpass.authority.register.queries.country import country_at
from groundpass.kernel.core.errors import GroundpassError, NoRight, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from groundpass.authority.register.domain.country import ClassRules

CHUNK: Final = 1000  # applications in one transaction
TOPIC: Final = "register.changed"  # of the outbox: the list is not what the last release says


@dataclass(frozen=True, slots=True)
class Refusal:
    """An application that was not approved, and why."""

    application: UUID
    error: GroundpassError


@dataclass(frozen=True, slots=True)
class Approvals:
    """What became of many applications."""

    approved: int
    refusals: tuple[Refusal, ...]


def approve(application: Application, *, actor: User, now: int) -> Registration:
    """Approve one application: the terminal is listed from `now` on.

    Raises:
        NoRight: the actor may not approve, or is the system and the law lets no rule approve this class.
        SecondPerson: the actor submitted it.
        Refused: it is decided already, the terminal is registered, or the quota is reached.
    """
    registrations, refusals = _approve([application.pk], actor, now)
    if refusals:
        raise refusals[0].error
    return registrations[0]


def approve_many(
    applications: Iterable[Application],
    *,
    actor: User,
    now: int,
    progress: Callable[[int, int | None], None] | None = None,
) -> Approvals:
    """Approve many, in transactions of `CHUNK`; those that cannot be are told, and stop nobody else.

    `progress` is called with (done, total) after each transaction. Raises NoRight before the first one.
    """
    if isinstance(applications, QuerySet):
        waiting = list(applications.values_list("pk", flat=True))
    else:
        waiting = [application.pk for application in applications]
    approved, refusals = 0, []
    for start in range(0, len(waiting), CHUNK):
        done, refused = _approve(waiting[start : start + CHUNK], actor, now)
        approved += len(done)
        refusals += refused
        if progress:
            progress(min(start + CHUNK, len(waiting)), len(waiting))
    return Approvals(approved, tuple(refusals))


@transaction.atomic
def _approve(applications: Sequence[int], actor: User, now: int) -> tuple[list[Registration], list[Refusal]]:
    desk = _Desk(applications, actor, now)
    registrations: list[Registration] = []
    refusals: list[Refusal] = []
    for application in desk.applications:
        try:
            registrations.append(desk.decide(application))
        except NoRight:
            raise
        except GroundpassError as error:
            refusals.append(Refusal(application.uuid, error))
    desk.write(registrations)
    return registrations, refusals


class _Desk:
    """Everything that the applications of one transaction touch, locked and loaded at once."""

    def __init__(self, applications: Sequence[int], actor: User, now: int) -> None:
        self.actor, self.now, self.at = actor, now, utc(now)
        by_right = has_right(actor, "register.approve")
        if not by_right and not has_right(actor, "register.approve_by_rule"):
            require(actor, "register.approve")
        self.by_rule = not by_right
        rows = Application.objects.filter(pk__in=applications).select_related("usage_class").order_by("pk")
        self.applications = list(rows.defer("document_last").select_for_update(of=("self",)))
        holders = Holder.objects.filter(pk__in={row.holder_id for row in self.applications}).order_by("pk")
        self.class_of = dict(holders.select_for_update().values_list("pk", "holder_class"))
        self.submitters = User.objects.in_bulk({row.submitted_by_id for row in self.applications})
        self.rules = {rules.id: rules for rules in country_at(now).holders.values()}
        self.held = _held({row.holder_id for row in self.applications})
        self.live = _live({row.terminal_id for row in self.applications})
        self.over: list[Registration] = []

    def decide(self, application: Application) -> Registration:
        """Give the registration, not yet written. Raises the refusal."""
        check_application_move(application.state, ApplicationState.APPROVED)
        require_two(self.submitters[application.submitted_by_id], self.actor)
        rules = self._rules(application)
        old = self.live.get(application.terminal_id)
        if old and (old.holder_id != application.holder_id or old.valid_until > self.at):
            raise Refused("The terminal has a registration that is in force", todo="Refuse the application")
        held = self.held.setdefault(application.holder_id, Held())
        rest = Held(held.shown, held.unseen)
        if old:
            rest.add(shown=old.application.shown, count=-1)
        check_quota(rules.quota, rest, shown=application.shown)
        if old:
            check_registration_move(old.state, RegistrationState.EXPIRED)
            self.over.append(old)
        rest.add(shown=application.shown)
        self.held[application.holder_id] = rest
        registration = self._registration(application, rules)
        self.live[application.terminal_id] = registration
        return registration

    def _rules(self, application: Application) -> ClassRules:
        rules = self.rules.get(self.class_of[application.holder_id])
        if rules is None:
            raise Refused(
                "The class of this holder has no terms in force now", todo="Load the country's file"
            )
        if self.by_rule and not rules.approve_by_rule:
            require(self.actor, "register.approve")
        return rules

    def _registration(self, application: Application, rules: ClassRules) -> Registration:
        return Registration(
            terminal_id=application.terminal_id,
            holder_id=application.holder_id,
            usage_class=application.usage_class,
            profile=application.usage_class.profile,
            valid_from=self.at,
            valid_until=utc(self.now + rules.validity),
            state=RegistrationState.APPROVED,
            application=application,
            submitted_by_id=application.submitted_by_id,
            approved_by=self.actor,
        )

    def write(self, registrations: list[Registration]) -> None:
        """Write what was decided, and tell it."""
        ended = {row.pk: (str(row.state), RegistrationState.EXPIRED) for row in self.over}
        Registration.objects.filter(pk__in=ended).update(state=RegistrationState.EXPIRED)
        insert_many(registrations)
        turns = [(row, *ended[row.pk], "renewed") for row in self.over]
        turns += [(row, "", RegistrationState.APPROVED, "") for row in registrations]
        insert_many(
            [
                RegistrationFlip(
                    registration=row,
                    from_state=old,
                    to_state=new,
                    at=self.at,
                    reason=reason,
                    actor=self.actor,
                )
                for row, old, new, reason in turns
            ]
        )
        decided = Application.objects.filter(pk__in=[row.application_id for row in registrations])
        decided.update(state=ApplicationState.APPROVED, decided_by=self.actor, decided_at=self.at)
        drafts = [_draft(row, "register.expire", {}) for row in self.over]
        drafts += [
            _draft(
                row,
                "register.approve",
                {"application": str(row.application.uuid)},
                last=row is registrations[-1],
            )
            for row in registrations
        ]
        record_many(drafts, actor=self.actor.username, now=self.now)


def _draft(row: Registration, verb: str, detail: dict[str, object], *, last: bool = False) -> Draft:
    """The event of one registration; the last of a transaction wakes who compiles the list."""
    return Draft(verb, f"registration:{row.uuid}", detail, topic=TOPIC if last else "")


def _held(holders: set[int]) -> dict[int, Held]:
    """What holders have registered, live ones alone: applications were counted when they came."""
    live = Registration.objects.filter(holder__in=holders, state__in=LIVE)
    found: dict[int, Held] = {}
    for holder, shown, count in (
        live.values_list("holder", "application__shown").annotate(n=Count("pk")).order_by()
    ):
        found.setdefault(holder, Held()).add(shown=shown, count=count)
    return found


def _live(terminals: set[int]) -> dict[int, Registration]:
    rows = Registration.objects.filter(terminal__in=terminals, state__in=LIVE).select_related("application")
    return {row.terminal_id: row for row in rows.select_for_update(of=("self",))}
