"""An application comes in whole, or is refused with a sentence; nothing of a refusal is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groundpass.authority.audit.api import Event, events_for, verify_chain
from groundpass.authority.register.api import (
    Application,
    BadSubmission,
    Submission,
    Terminal,
    approve,
    public_status,
    registration_of,
    revoke,
    submit,
)
from groundpass.authority.register.models import Holder, TerminalIdentifier
from groundpass.kernel.core.errors import NoRight, Refused
from support.ids import invent_rnokpp
from support.register import RNOKPP, UTIDS, company, person, protected, registered
from support.times import DAY, NOW

if TYPE_CHECKING:
    from support.cast import Cast

pytestmark = pytest.mark.django_db

OTHER = [number for number, _ in zip(invent_rnokpp(99), range(5), strict=False)]


def _nothing_stored() -> bool:
    kept = (Application, Holder, Terminal, TerminalIdentifier)
    return not any(model.objects.exists() for model in kept) and not Event.objects.filter(
        verb__startswith="register.submit"
    )


def test_a_clerk_submits_and_the_application_waits(country: Cast):
    application = submit(person(kit="KIT00142069"), actor=country.clerk, now=NOW)
    assert application.state == "submitted"
    assert application.office == country.office
    assert application.holder.name == "Олена Вигадана"
    assert registration_of(application.terminal) is None
    assert [event.actor for event in events_for(f"application:{application.uuid}")] == ["clerk"]
    assert TerminalIdentifier.objects.get().confidence == 50
    assert verify_chain().ok


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("ut01000000-00000000-00c326f\N{CYRILLIC CAPITAL LETTER O}", "ut01000000-00000000-00c326f0"),
        ("ut0l000000-00000000-00c326fa", "ut01000000-00000000-00c326fa"),
        ("ut01000000-00000000-00c326v\N{CYRILLIC SMALL LETTER A}", "ut01000000-00000000-00c326ba"),
        ("ut01000000-00000000-00c326f", None),
        ("KIT00142069", "KIT00142069"),
        ("", None),
    ],
)
def test_a_mistyped_terminal_is_told_with_its_likely_fix_and_nothing_is_stored(
    country: Cast, typed: str, suggestion: str | None
):
    with pytest.raises(BadSubmission) as refusal:
        submit(person(typed), actor=country.clerk, now=NOW)
    (problem,) = refusal.value.problems
    assert problem.field == "terminal"
    assert problem.todo
    assert problem.suggestion == suggestion
    assert _nothing_stored()
    assert submit(person(UTIDS[0]), actor=country.clerk, now=NOW)


def test_everything_that_is_wrong_is_told_at_once(country: Cast):
    data = Submission("x", "persn", "boat", kit="y", name="")
    with pytest.raises(BadSubmission) as refusal:
        submit(data, actor=country.clerk, now=NOW)
    told = {problem.field: problem.suggestion for problem in refusal.value.problems}
    assert told == {"terminal": None, "kit": None, "holder_class": "person", "usage_class": None}
    with pytest.raises(BadSubmission) as refusal:
        submit(Submission(UTIDS[0], "person", "fixed"), actor=country.clerk, now=NOW)
    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"name", "tax_id", "document_type", "document_last"}
    assert _nothing_stored()


def _with_wrong_digit(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


@pytest.mark.parametrize(
    ("tax_id", "why"),
    [
        (_with_wrong_digit(RNOKPP), "its last digit does not follow"),
        (RNOKPP[:-1], "has 9 characters, which is not its length"),
        (RNOKPP[:-1] + "x", "characters that do not belong there"),
        ("", "has 0 characters"),
    ],
)
def test_a_mistyped_tax_number_is_told_without_repeating_it(country: Cast, tax_id: str, why: str):
    with pytest.raises(BadSubmission, match=why) as refusal:
        submit(person(tax_id=tax_id), actor=country.clerk, now=NOW)
    assert not tax_id or tax_id not in str(refusal.value)
    assert _nothing_stored()


@pytest.mark.parametrize("name", ["x" * 201, "Olena\u0007", "   "])
def test_a_name_that_cannot_be_printed_or_is_missing_is_told(country: Cast, name: str):
    with pytest.raises(BadSubmission) as refusal:
        submit(person(name=name), actor=country.clerk, now=NOW)
    assert refusal.value.problems[0].field == "name"


def test_only_who_may_submit_does_and_at_their_own_office(country: Cast):
    for actor in (country.reviewer, country.stranger, country.officer, country.engineer):
        with pytest.raises(NoRight, match=r"register\.submit"):
            submit(person(), actor=actor, now=NOW)
    with pytest.raises(NoRight, match="at Service centre 2"):
        submit(person(office="lviv-1"), actor=country.clerk, now=NOW)
    with pytest.raises(BadSubmission, match="no office 'nowhere'"):
        submit(person(office="nowhere"), actor=country.clerk, now=NOW)
    assert _nothing_stored()
    assert submit(person(office="kyiv-1"), actor=country.clerk, now=NOW).office == country.office


def test_the_liaison_submits_a_reference_and_no_name(country: Cast):
    application = submit(protected(), actor=country.liaison, now=NOW)
    holder = application.holder
    assert (holder.protected, holder.name, holder.tax_id) == (True, "", "")
    assert holder.sealed_reference == "unit-0001/7"
    told = " ".join(
        str(event.detail) + event.clause for event in events_for(f"application:{application.uuid}")
    )
    assert "defence" not in told
    assert "unit" not in told


def test_a_clerk_cannot_use_the_protected_channel_and_it_takes_no_name(country: Cast):
    with pytest.raises(NoRight, match=r"register\.submit_protected"):
        submit(protected(), actor=country.clerk, now=NOW)
    named = Submission(UTIDS[0], "defence", "vehicle", sealed_reference="u", name="Олена", tax_id=RNOKPP)
    with pytest.raises(BadSubmission) as refusal:
        submit(named, actor=country.liaison, now=NOW)
    assert [problem.field for problem in refusal.value.problems] == ["name", "tax_id"]
    with pytest.raises(BadSubmission, match="Only the protected channel"):
        submit(person(sealed_reference="u"), actor=country.clerk, now=NOW)
    assert _nothing_stored()


def test_the_same_terminal_of_the_same_holder_is_told_to_be_there(country: Cast):
    submit(person(), actor=country.clerk, now=NOW)
    with pytest.raises(Refused, match="already this holder's"):
        submit(person(), actor=country.clerk, now=NOW + 1)
    assert Application.objects.count() == 1


@pytest.mark.parametrize("approved", [True, False])
def test_a_terminal_of_another_holder_is_refused_and_the_first_one_stays_untouched(
    country: Cast, approved: bool
):
    first = submit(person(), actor=country.clerk, now=NOW)
    if approved:
        approve(first, actor=country.reviewer, now=NOW)
    before = public_status(UTIDS[0], now=NOW)
    with pytest.raises(Refused, match="nother holder") as refusal:
        submit(person(tax_id=OTHER[0], name="Інший"), actor=country.second_clerk, now=NOW + 1)
    assert "Олена" not in str(refusal.value)
    assert public_status(UTIDS[0], now=NOW + 1) == before
    assert Holder.objects.count() == 1  # nothing of the second one is kept
    assert Application.objects.get() == first


def test_a_revoked_terminal_may_be_applied_for_again(country: Cast):
    registration = registered(country)
    revoke(registration, "Sold", actor=country.reviewer, now=NOW + DAY)
    again = submit(person(tax_id=OTHER[0]), actor=country.clerk, now=NOW + 2 * DAY)
    assert again.terminal == registration.terminal


def test_a_person_has_one_terminal_unseen_and_three_when_they_are_shown(country: Cast):
    submit(person(UTIDS[0]), actor=country.clerk, now=NOW)
    with pytest.raises(Refused, match=r"1 terminals that were not shown.*Bring the terminal to the counter"):
        submit(person(UTIDS[1]), actor=country.clerk, now=NOW)
    submit(person(UTIDS[1], shown=True), actor=country.clerk, now=NOW)
    submit(person(UTIDS[2], shown=True), actor=country.second_clerk, now=NOW)
    with pytest.raises(Refused, match="the limit of their class is 3"):
        submit(person(UTIDS[3], shown=True), actor=country.clerk, now=NOW)
    assert Terminal.objects.count() == 3


@pytest.mark.parametrize(("holder_class", "limit"), [("company", 10), ("critical_company", None)])
def test_a_company_has_ten_and_a_critical_one_as_many_as_it_needs(
    country: Cast, holder_class: str, limit: int | None
):
    for utid in UTIDS[: limit or 15]:
        submit(company(utid, holder_class=holder_class), actor=country.clerk, now=NOW)
    if limit:
        with pytest.raises(Refused, match="the limit of their class is 10"):
            submit(company(UTIDS[40]), actor=country.clerk, now=NOW)
    else:
        submit(company(UTIDS[40], holder_class=holder_class), actor=country.clerk, now=NOW)


def test_what_was_given_up_no_longer_counts(country: Cast):
    revoke(registered(country), "Given up", actor=country.reviewer, now=NOW)
    assert submit(person(UTIDS[1]), actor=country.clerk, now=NOW)


def test_one_tax_number_is_one_holder_under_one_class(country: Cast):
    submit(person(), actor=country.clerk, now=NOW)
    with pytest.raises(Refused, match="in the register as person, and the application says sole_proprietor"):
        submit(person(UTIDS[1], holder_class="sole_proprietor"), actor=country.clerk, now=NOW)
    spaced = f" {RNOKPP[:5]} {RNOKPP[5:]} "
    submit(person(UTIDS[1], tax_id=spaced, shown=True), actor=country.clerk, now=NOW)
    assert Holder.objects.count() == 1


def test_a_kit_number_belongs_to_one_terminal(country: Cast):
    submit(person(kit="KIT303105607", shown=True), actor=country.clerk, now=NOW)
    with pytest.raises(Refused, match="This KIT number belongs to another terminal"):
        submit(person(UTIDS[1], tax_id=OTHER[0], kit="kit303105607"), actor=country.clerk, now=NOW)
    pair = TerminalIdentifier.objects.get()
    assert (pair.value, pair.provenance, pair.confidence) == ("KIT303105607", "shown", 90)
