"""A person decides a case, once, with a reason."""

from __future__ import annotations

import pytest

from enforcement.rows import denied
from groundpass.authority.audit.api import events_for
from groundpass.authority.enforcement.api import cases, decide_case
from groundpass.kernel.core.errors import BadInput, NoRight, Refused
from support.threads import at_once
from support.times import HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world):
    (stranger,) = world.strangers(1)
    world.figures(denied(stranger, world.start + 60, world.start + 3000))
    return cases().get()


def test_a_reviewer_decides_and_others_may_not(world, case):
    now = world.start + HOUR
    for person in (world.cast.engineer, world.cast.clerk, world.cast.auditor):
        with pytest.raises(NoRight):
            decide_case(case, "captured", "Shown on a picture", actor=person, now=now)
    done = decide_case(case, "captured", " Shown on a picture ", actor=world.cast.reviewer, now=now)
    assert (done.state, done.decision, done.reason) == ("decided", "captured", "Shown on a picture")
    assert (done.decided_by, int(done.decided_at.timestamp())) == (world.cast.reviewer, now)
    assert list(cases("decided")) == [done]
    assert not cases("open").exists()
    event = events_for(f"case:{case.pk}").last()
    assert (event.verb, event.detail) == ("enforcement.decide_case", {"decision": "captured"})


def test_a_decision_is_one_of_those_there_are_and_has_a_reason(world, case):
    reviewer, now = world.cast.reviewer, world.start + HOUR
    with pytest.raises(BadInput, match=r"no decision 'guilty'.*wrongly_cut"):
        decide_case(case, "guilty", "So it seems", actor=reviewer, now=now)
    for reason in ("", "   ", "x" * 501):
        with pytest.raises(BadInput, match="needs a reason"):
            decide_case(case, "lost", reason, actor=reviewer, now=now)
    assert decide_case(case, "lost", "x" * 500, actor=reviewer, now=now)


def test_a_case_is_decided_once(world, case):
    now = world.start + HOUR
    decide_case(case, "lost", "The holder said so", actor=world.cast.reviewer, now=now)
    with pytest.raises(Refused, match="decided already"):
        decide_case(case, "no_fault", "No", actor=world.cast.second_reviewer, now=now)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(world, case):
    people = [world.cast.reviewer, world.cast.second_reviewer]
    done = at_once(
        lambda person: decide_case(case, "clone", "Seen twice", actor=person, now=world.start + HOUR), people
    )
    assert sorted(isinstance(one, Refused) for one in done) == [False, True]
    assert events_for(f"case:{case.pk}").filter(verb="enforcement.decide_case").count() == 1
