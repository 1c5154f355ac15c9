"""The bounds of the brake, at their edges."""

from __future__ import annotations

import numpy as np
import pytest

from groundpass.authority.publication.domain.brake import Level, Question, Step, allowance, judge
from groundpass.authority.publication.domain.ground import Hardening
from groundpass.authority.publication.domain.impact import Effect
from groundpass.kernel.core.intervals import Interval


def keys(*numbers):
    return np.array(sorted(numbers), np.uint64)


def losing(count, first=1, hardened=()):
    listed = np.arange(first, first + count, dtype=np.uint64)
    return Effect(listed, keys(), {}, {}, tuple(hardened))


def ask(step, **given):
    defaults = {"day": step, "history": (), "base": 0, "added": 0, "protected": keys(), "telemetry": True}
    return judge(Question(step, **{**defaults, **given})).demand


@pytest.mark.parametrize(
    ("lost", "base", "level"),
    [
        (0, 0, Level.NONE),
        (10, 0, Level.NONE),
        (11, 0, Level.TWO_PEOPLE),
        (100, 0, Level.TWO_PEOPLE),
        (101, 0, Level.OFFLINE_KEYS),
        (50, 50_000, Level.NONE),
        (51, 50_000, Level.TWO_PEOPLE),
        (500, 50_000, Level.TWO_PEOPLE),
        (501, 50_000, Level.OFFLINE_KEYS),
        (10, 9_999, Level.NONE),
        (11, 10_999, Level.TWO_PEOPLE),
    ],
)
def test_losses_are_free_then_need_two_people_then_the_offline_keys(lost, base, level):
    demand = ask(losing(lost), base=base)
    assert (demand.level, demand.two_people) == (level, level == Level.TWO_PEOPLE)


@pytest.mark.parametrize(
    ("added", "base", "level"),
    [
        (1_000, 0, Level.NONE),
        (1_001, 0, Level.TWO_PEOPLE),
        (2_500, 50_000, Level.NONE),
        (2_501, 50_000, Level.TWO_PEOPLE),
    ],
)
def test_many_additions_need_two_people(added, base, level):
    assert ask(losing(0), added=added, base=base).level == level


def test_one_protected_holder_needs_two_people_whatever_else_is_needed():
    assert not ask(losing(1), protected=keys(9)).two_people
    assert ask(losing(1), protected=keys(1)).two_people
    many = ask(losing(500), protected=keys(1))
    assert (many.level, many.two_people) == (Level.OFFLINE_KEYS, True)
    assert not ask(losing(500)).two_people


def test_small_removals_cannot_creep_past_the_bound():
    history = [Step(Level.NONE, losing(5, first=1).keys), Step(Level.NONE, losing(5, first=6).keys)]
    assert ask(losing(0), history=history).level == Level.NONE
    assert ask(losing(1, first=11), history=history).level == Level.TWO_PEOPLE
    assert ask(losing(1, first=3), history=history).level == Level.NONE  # the same terminal, again


def test_what_two_people_agreed_to_is_free_for_people_and_counts_towards_the_keys():
    history = [Step(Level.TWO_PEOPLE, losing(95).keys)]
    assert ask(losing(5, first=200), history=history).level == Level.NONE
    assert ask(losing(6, first=200), history=history).level == Level.OFFLINE_KEYS


def test_what_the_offline_keys_agreed_to_is_free():
    history = [Step(Level.OFFLINE_KEYS, losing(5_000).keys)]
    assert ask(losing(10, first=6_000), history=history).level == Level.NONE
    assert ask(losing(11, first=6_000), history=history).level == Level.TWO_PEOPLE


def test_what_the_list_of_a_day_ago_shows_beyond_the_steps_since_is_counted():
    demand = ask(losing(0), day=losing(11))
    assert demand.level == Level.TWO_PEOPLE
    covered = ask(losing(0), day=losing(11), history=[Step(Level.TWO_PEOPLE, losing(11).keys)])
    assert covered.level == Level.NONE


def test_without_telemetry_whatever_newly_denies_needs_the_offline_keys():
    denies = [Hardening(Interval(), "", "ua", "unlisted", "unlisted")]
    blind = ask(losing(0, hardened=denies), telemetry=False)
    assert blind.level == Level.OFFLINE_KEYS
    assert blind.causes[0].sentence() == (
        "Rules newly deny, and without telemetry nobody knows whom they reach: unlisted (ua)"
    )
    assert ask(losing(0, hardened=denies)).level == Level.NONE


def test_a_harder_cap_needs_the_offline_keys_whatever_is_known(made):
    slows = [Hardening(Interval(), "ua", "ua", "standard", "standard", takes=False)]
    assert ask(losing(0, hardened=slows), telemetry=True).level == Level.OFFLINE_KEYS


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_cause_is_a_sentence_with_its_numbers_in_each_language(language):
    denies = [Hardening(Interval(), "", "ua", "unlisted", "unlisted", takes=takes) for takes in (True, False)]
    demand = ask(losing(101, hardened=denies), telemetry=False, protected=keys(1), added=2_000)
    said = [cause.sentence(language) for cause in demand.causes]
    assert [cause.kind for cause in demand.causes] == ["losing", "unknown", "speed", "protected", "added"]
    assert "101" in said[0]
    assert "100" in said[0]
    assert "2000" in said[4]


def test_a_share_is_rounded_down_to_whole_terminals():
    assert (allowance((10, 0.001), 10_999), allowance((10, 0.001), 11_000)) == (10, 11)
