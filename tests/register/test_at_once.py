"""Several people at the same moment: the quota holds, and nobody's half-done work is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groundpass.authority.audit.api import verify_chain
from groundpass.authority.register.api import Application, Registration, Submission, approve, submit
from groundpass.authority.register.models import Holder, Terminal
from groundpass.kernel.core.errors import Refused
from support.ids import invent_rnokpp
from support.register import UTIDS, person
from support.threads import at_once
from support.times import NOW

if TYPE_CHECKING:
    from support.cast import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def _outcomes(results: list[object]) -> tuple[int, int]:
    assert not [
        result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)
    ]
    refused = sum(isinstance(result, Refused) for result in results)
    return len(results) - refused, refused


def test_a_holder_cannot_pass_the_quota_by_going_to_four_counters_at_once(country: Cast):
    results = at_once(
        lambda data: submit(data, actor=country.clerk, now=NOW), [person(utid) for utid in UTIDS[:4]]
    )
    assert _outcomes(results) == (1, 3)
    assert (Holder.objects.count(), Terminal.objects.count(), Application.objects.count()) == (1, 1, 1)


def test_a_terminal_claimed_by_four_people_at_once_is_one_person_s(country: Cast):
    claims = [person(tax_id=number) for number, _ in zip(invent_rnokpp(3), range(4), strict=False)]
    results = at_once(lambda data: submit(data, actor=country.clerk, now=NOW), claims)
    assert _outcomes(results) == (1, 3)
    assert (Holder.objects.count(), Application.objects.count()) == (1, 1)


def test_an_application_approved_by_two_people_at_once_is_approved_once(country: Cast):
    application = submit(person(), actor=country.clerk, now=NOW)
    results = at_once(
        lambda actor: approve(application, actor=actor, now=NOW), [country.reviewer, country.second_reviewer]
    )
    assert _outcomes(results) == (1, 1)
    assert Registration.objects.count() == 1


def test_different_people_at_once_all_come_in_and_the_chain_is_one(country: Cast):
    numbers = invent_rnokpp(4)
    everybody = [
        person(utid, tax_id=next(numbers), kit=f"KIT1000000{n:02d}") for n, utid in enumerate(UTIDS[:6])
    ]

    def come(data: Submission) -> Registration:
        return approve(submit(data, actor=country.clerk, now=NOW), actor=country.reviewer, now=NOW)

    assert _outcomes(at_once(come, everybody)) == (6, 0)
    assert verify_chain().ok
