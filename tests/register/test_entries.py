"""The list of a release, at any moment of history, counted twice."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from groundpass.authority.register.api import (
    Entry,
    Registration,
    count_at,
    entries_at,
    resume,
    revoke,
    submit,
    suspend,
)
from groundpass.kernel.core.errors import Refused
from support.register import UTIDS, fill, person, protected, registered
from support.times import DAY, HOUR, NOW

if TYPE_CHECKING:
    from support.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def _values(moment: int) -> list[str]:
    return [entry.value for entry in entries_at(moment)]


def test_an_entry_tells_profile_and_validity_and_whether_its_holder_is_protected(country: Cast):
    registered(country, person(UTIDS[0], usage_class="vessel"))
    registered(country, protected(UTIDS[1]), now=NOW + 5)
    found = {entry.value: entry for entry in entries_at(NOW + 5)}
    value = UTIDS[0].removeprefix("ut")
    assert found[value] == Entry("utid", value, "mobile", NOW, NOW + 1096 * DAY, protected=False)
    assert found[UTIDS[1].removeprefix("ut")].protected is True
    assert found[UTIDS[1].removeprefix("ut")].valid_from == NOW + 5
    assert list(found) == sorted(found)


def test_an_empty_register_has_no_entries(country: Cast):
    assert (list(entries_at(NOW)), count_at(NOW)) == ([], 0)


def test_a_pending_application_is_no_entry_and_touches_none(country: Cast):
    registration = registered(country)
    submit(person(UTIDS[1], shown=True), actor=country.clerk, now=NOW)
    assert _values(NOW) == [registration.terminal.value]


def test_a_registration_past_its_validity_stays_until_somebody_ends_it(country: Cast):
    registered(country)
    later = NOW + 2000 * DAY
    (entry,) = entries_at(later)
    assert entry.valid_until < later
    assert count_at(later) == 1


def test_the_past_is_told_as_it_was(country: Cast):
    registration = registered(country)
    suspend(registration, "Lost", actor=country.reviewer, now=NOW + HOUR)
    resume(registration, "Found", actor=country.reviewer, now=NOW + 2 * HOUR)
    revoke(registration, "Sold", actor=country.reviewer, now=NOW + 3 * HOUR)
    listed = {-1: 0, 0: 1, HOUR - 1: 1, HOUR: 0, 2 * HOUR - 1: 0, 2 * HOUR: 1, 3 * HOUR - 1: 1, 3 * HOUR: 0}
    assert {after: len(_values(NOW + after)) for after in listed} == listed
    assert {after: count_at(NOW + after) for after in listed} == listed


def test_both_ways_of_counting_agree_over_any_history(country: Cast):
    chance = random.Random(20260203)
    fill(country, 8)
    truth = [(NOW, set(_values(NOW)))]
    live = set(truth[0][1])
    for step in range(1, 60):
        at = NOW + step * chance.choice([0, 60])
        at = max(at, truth[-1][0])
        registration = chance.choice(list(Registration.objects.select_related("terminal")))
        verb = chance.choice([suspend, suspend, resume, resume, revoke])
        try:
            verb(registration, "Because", actor=country.reviewer, now=at)
        except Refused:
            continue
        live = (
            live | {registration.terminal.value} if verb is resume else live - {registration.terminal.value}
        )
        truth.append((at, set(live)))
    last = dict(truth)  # of several turns in one second, the last one counts
    assert len(last) > 10
    for moment, values in last.items():
        assert set(_values(moment)) == values
        assert count_at(moment) == len(values)
    assert count_at(NOW - 1) == 0
