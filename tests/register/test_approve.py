"""A person who did not submit it approves; then the terminal is listed from that second on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from groundpass.authority.audit.api import events_for, verify_chain, waiting
from groundpass.authority.register.api import (
    Application,
    Registration,
    applications_of,
    approve,
    approve_many,
    queue,
    refuse,
    registration_of,
    submit,
    suspend,
    withdraw,
)
from groundpass.authority.register.models import RegistrationFlip, Terms
from groundpass.kernel.core.errors import BadInput, NoRight, Refused, SecondPerson
from groundpass.kernel.core.intervals import to_seconds
from support.ids import invent_rnokpp
from support.register import UTIDS, company, person, registered
from support.times import DAY, NOW

if TYPE_CHECKING:
    from support.cast import Cast

pytestmark = pytest.mark.django_db

TERM = 1096 * DAY


def test_a_reviewer_approves_and_the_terminal_is_listed_from_that_second(country: Cast):
    application = submit(person(usage_class="vehicle"), actor=country.clerk, now=NOW)
    registration = approve(application, actor=country.reviewer, now=NOW + 60)
    assert registration_of(application.terminal) == registration
    assert to_seconds(registration.valid_from) == NOW + 60
    assert to_seconds(registration.valid_until) == NOW + 60 + TERM
    assert (registration.profile, registration.state) == ("mobile", "approved")
    assert Application.objects.get().state == "approved"
    assert [event.verb for event in events_for(f"registration:{registration.uuid}")] == ["register.approve"]
    assert waiting("register.changed").count() == 1
    assert verify_chain().ok


def test_a_clerk_cannot_approve_and_nobody_approves_what_they_submitted(country: Cast):
    application = submit(person(), actor=country.clerk, now=NOW)
    with pytest.raises(NoRight, match=r"register\.approve"):
        approve(application, actor=country.clerk, now=NOW)
    Application.objects.update(submitted_by=country.reviewer)
    with pytest.raises(SecondPerson, match="Two different people"):
        approve(application, actor=country.reviewer, now=NOW)
    assert not Registration.objects.exists()
    assert approve(application, actor=country.second_reviewer, now=NOW)


@pytest.mark.postgres
def test_the_database_refuses_the_same_person_even_when_the_command_is_bypassed(country: Cast):
    registration = registered(country)
    for change in ({"approved_by": country.clerk}, {"submitted_by": country.reviewer}):
        with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
            Registration.objects.filter(pk=registration.pk).update(**change)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Application.objects.update(decided_by=country.clerk)


@pytest.mark.postgres
def test_the_database_refuses_a_second_live_registration_and_a_second_pending_application(country: Cast):
    registration = registered(country)
    application = submit(company(UTIDS[1]), actor=country.clerk, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(
            terminal=registration.terminal,
            holder=application.holder,
            usage_class=application.usage_class,
            profile="standard",
            valid_from=registration.valid_from,
            valid_until=registration.valid_until,
            application=application,
            submitted_by=country.clerk,
            approved_by=country.reviewer,
        )
    application.pk = None
    application.uuid = registration.uuid
    with pytest.raises(IntegrityError), transaction.atomic():
        application.save(force_insert=True)


def test_an_application_is_decided_once(country: Cast):
    application = submit(person(), actor=country.clerk, now=NOW)
    approve(application, actor=country.reviewer, now=NOW)
    with pytest.raises(Refused, match="The application is approved and cannot become approved"):
        approve(application, actor=country.second_reviewer, now=NOW)
    with pytest.raises(Refused, match="That is final"):
        refuse(application, "Too late", actor=country.second_reviewer, now=NOW)
    assert Registration.objects.count() == 1


def test_a_refused_application_says_why_and_lists_nothing(country: Cast):
    application = submit(person(), actor=country.clerk, now=NOW)
    for actor, error in ((country.clerk, NoRight), (country.stranger, NoRight)):
        with pytest.raises(error):
            refuse(application, "No", actor=actor, now=NOW)
    with pytest.raises(BadInput, match="A reason of 1 to"):
        refuse(application, "  ", actor=country.reviewer, now=NOW)
    refused = refuse(application, " Wrong terminal ", actor=country.reviewer, now=NOW)
    assert (refused.state, refused.reason, refused.decided_by) == (
        "refused",
        "Wrong terminal",
        country.reviewer,
    )
    assert not Registration.objects.exists()
    assert submit(person(), actor=country.clerk, now=NOW + 1)


def test_who_submitted_withdraws_and_nobody_else(country: Cast):
    application = submit(person(), actor=country.clerk, now=NOW)
    with pytest.raises(NoRight, match="second-clerk did not submit"):
        withdraw(application, "Mistake", actor=country.second_clerk, now=NOW)
    assert withdraw(application, "Mistake", actor=country.clerk, now=NOW).state == "withdrawn"
    assert not queue(country.reviewer)


def test_the_queue_is_the_reviewers_oldest_first_and_never_their_own(country: Cast):
    second = submit(company(UTIDS[1]), actor=country.clerk, now=NOW + 5)
    first = submit(person(), actor=country.clerk, now=NOW)
    assert list(queue(country.reviewer)) == [first, second]
    Application.objects.filter(pk=first.pk).update(submitted_by=country.reviewer)
    assert list(queue(country.reviewer)) == [second]
    with pytest.raises(NoRight):
        queue(country.clerk)


def test_the_system_approves_only_where_the_law_lets_a_rule(country: Cast):
    application = submit(company(), actor=country.clerk, now=NOW)
    with pytest.raises(NoRight, match="system does not have the right"):
        approve(application, actor=country.system, now=NOW)
    Terms.objects.filter(holder_class__code="company").update(approve_by_rule=True)
    assert approve(application, actor=country.system, now=NOW).approved_by == country.system


def test_a_law_that_became_stricter_binds_at_approval(country: Cast):
    for utid in UTIDS[:2]:
        submit(company(utid), actor=country.clerk, now=NOW)
    Terms.objects.filter(holder_class__code="company").update(quota_shown=1)
    result = approve_many(queue(country.reviewer), actor=country.reviewer, now=NOW)
    assert result.approved == 1
    assert "the limit of their class is 1" in str(result.refusals[0].error)


def test_many_are_approved_and_those_that_cannot_be_stop_nobody(country: Cast):
    numbers = invent_rnokpp(5)
    for utid in UTIDS[:6]:
        submit(person(utid, tax_id=next(numbers)), actor=country.clerk, now=NOW)
    own = Application.objects.order_by("pk")[2]
    Application.objects.filter(pk=own.pk).update(submitted_by=country.reviewer)
    steps: list[tuple[int, int | None]] = []
    result = approve_many(
        Application.objects.all(), actor=country.reviewer, now=NOW, progress=lambda *step: steps.append(step)
    )
    assert (result.approved, steps) == (5, [(6, 6)])
    assert [refusal.application for refusal in result.refusals] == [own.uuid]
    assert isinstance(result.refusals[0].error, SecondPerson)
    assert waiting("register.changed").count() == 1
    assert not applications_of(own.uuid)
    with pytest.raises(NoRight):
        approve_many([own], actor=country.clerk, now=NOW)


def test_a_registration_past_its_validity_is_renewed_by_its_holder_without_a_gap(country: Cast):
    old = registered(country)
    with pytest.raises(Refused, match="already this holder's"):
        submit(person(), actor=country.clerk, now=NOW + TERM - 1)
    application = submit(person(), actor=country.clerk, now=NOW + TERM)
    assert registration_of(old.terminal) == old  # listed, in grace, until the new one is there
    new = approve(application, actor=country.reviewer, now=NOW + TERM + 60)
    assert registration_of(old.terminal) == new
    old.refresh_from_db()
    assert old.state == "expired"
    flips = RegistrationFlip.objects.filter(registration=old).values_list("to_state", "reason")
    assert list(flips) == [("approved", ""), ("expired", "renewed")]


def test_a_suspended_terminal_is_not_approved_around(country: Cast):
    registration = registered(country)
    suspend(registration, "Under review", actor=country.reviewer, now=NOW)
    with pytest.raises(Refused, match="already this holder's"):
        submit(person(), actor=country.clerk, now=NOW + DAY)
