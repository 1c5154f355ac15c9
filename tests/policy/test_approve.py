"""The second officer, and what is in force from when."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from groundpass.authority.policy.api import RuleSet, approve, propose, ruleset_at, state_parts, withdraw
from groundpass.kernel.core.errors import NoRight, NotFound, Refused, SecondPerson
from groundpass.kernel.core.intervals import parse_time, show_time
from groundpass.kernel.core.state import Timers
from groundpass.kernel.core.verdicts import Action
from support.times import NOW

pytestmark = pytest.mark.django_db
CLOSING = parse_time("2026-02-05T03:00:00Z")


@pytest.fixture
def proposed(cast, rules, ukraine):
    return propose(rules, actor=cast.officer, now=NOW)


def test_an_officer_cannot_approve_what_they_proposed_and_a_second_one_can(cast, proposed):
    with pytest.raises(SecondPerson):
        approve(proposed.number, actor=cast.officer, now=NOW)
    with pytest.raises(NoRight):
        approve(proposed.number, actor=cast.reviewer, now=NOW)
    approved = approve(proposed.number, actor=cast.second_officer, now=NOW + 60)
    assert (approved.state, approved.approved_by) == ("approved", cast.second_officer)


def test_the_database_itself_refuses_the_same_person_twice(cast, proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(pk=proposed.pk).update(approved_by=cast.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(pk=proposed.pk).update(state="approved")


def test_a_rule_set_is_approved_once(cast, proposed):
    approve(proposed.number, actor=cast.second_officer, now=NOW)
    with pytest.raises(Refused, match="is approved, not proposed"):
        approve(proposed.number, actor=cast.second_officer, now=NOW)
    with pytest.raises(Refused):
        withdraw(proposed.number, "too late", actor=cast.officer, now=NOW)
    with pytest.raises(NotFound):
        approve(99, actor=cast.second_officer, now=NOW)


def test_a_proposal_that_was_withdrawn_cannot_be_approved(cast, proposed):
    withdraw(proposed.number, "a wrong date", actor=cast.officer, now=NOW)
    with pytest.raises(Refused, match="is withdrawn"):
        approve(proposed.number, actor=cast.second_officer, now=NOW)


def test_a_rule_set_is_in_force_from_its_approval_until_a_later_one_is(cast, rules, proposed):
    approve(proposed.number, actor=cast.second_officer, now=NOW + 60)
    assert ruleset_at(NOW + 59) is None
    assert ruleset_at(NOW + 60) == proposed
    dated = f"effective_from: {show_time(NOW + 500)}\n{rules}"
    later = propose(dated, actor=cast.officer, now=NOW + 70)
    approve(later.number, actor=cast.second_officer, now=NOW + 80)
    assert ruleset_at(NOW + 499) == proposed
    assert ruleset_at(NOW + 500) == later


def test_a_date_in_the_past_never_makes_a_rule_older_than_its_approval(cast, rules, ukraine):
    number = propose(f"effective_from: {show_time(NOW - 500)}\n{rules}", actor=cast.officer, now=NOW).number
    approve(number, actor=cast.second_officer, now=NOW)
    assert ruleset_at(NOW - 1) is None


def test_a_release_takes_territories_rules_and_options_from_the_rule_set_in_force(cast, proposed):
    approve(proposed.number, actor=cast.second_officer, now=NOW)
    territories, rules, options = state_parts(NOW)
    assert [(row.id, row.name, row.country) for row in territories] == [("ua", "Ukraine", "UA")]
    unlisted = [rule for rule in rules if rule.profile == "unlisted"]
    assert [(rule.action, rule.effective.end == CLOSING) for rule in unlisted] == [
        (Action.ALLOW, True),
        (Action.DENY, False),
    ]
    assert options.ruleset == proposed.number
    assert options.profiles == ("unlisted", "standard", "mobile", "air")
    assert options.timers == Timers()
