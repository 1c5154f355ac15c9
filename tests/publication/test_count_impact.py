"""Who would lose service: by entry, by rule, by territory, and who would not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundpass.authority.publication.domain.activity import Activity, Place
from groundpass.authority.publication.domain.impact import effect, nothing_before
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import Action, Verdict, WhenUncertain
from support.times import DAY, NOW

ALLOW = Action.ALLOW


def losing(old, new, activity=None, now=NOW):
    found = effect(old, new, activity or Activity.unknown(), now=now)
    return sorted(int(key) for key in found.keys)


def seen(keys, place="ua", within=(), tested=()):
    shapes = [frozenset(Place.shape_id(one.wkb) for one in territories) for territories in (within, tested)]
    where = Place(place, *shapes)
    return Activity(np.array(keys, np.uint64), np.zeros(len(keys), np.uint32), (where,), known=True)


def test_a_removed_terminal_loses_where_the_unlisted_are_denied_and_not_where_they_are_allowed(made):
    assert losing(made.state([1, 2, 3]), made.state([1, 3])) == [2]
    open_list = {"rules": [made.rule(action=ALLOW)]}
    assert losing(made.state([1, 2, 3], **open_list), made.state([1, 3], **open_list)) == []


def test_a_denial_that_begins_later_is_counted_when_it_is_published(made):
    later = [made.rule(action=ALLOW, end=NOW + 9 * DAY), made.rule(start=NOW + 9 * DAY)]
    assert losing(made.state([1, 2], rules=later), made.state([1], rules=later)) == [2]
    past = [made.rule(end=NOW - 5)]
    assert losing(made.state([1, 2], rules=past), made.state([1], rules=past)) == []


def test_a_shortened_entry_loses_and_an_extended_one_does_not(made):
    def until(days):
        return made.state(made.entries([1], until=NOW + days * DAY))

    assert losing(until(30), until(29)) == [1]
    assert losing(until(30), until(31)) == []


def test_an_entry_that_runs_out_by_itself_loses_nothing_once_its_grace_is_over(made):
    rules = [made.rule(), made.rule(profile="standard", action=ALLOW, grace=14 * DAY)]
    ran_out = made.state(made.entries([1], start=NOW - 90 * DAY, until=NOW - 10 * DAY), rules=rules)
    gone = made.state([], rules=rules)
    assert losing(ran_out, gone) == [1]
    assert losing(ran_out, gone, now=NOW + 4 * DAY) == []


def test_a_start_put_off_takes_the_days_before_it(made):
    assert losing(made.state(made.entries([1], start=NOW)), made.state(made.entries([1], start=NOW + 5))) == [
        1
    ]


def test_another_profile_loses_only_where_it_is_granted_less(made):
    rules = [made.rule(), made.rule(profile="air"), made.rule(profile="mobile", action=ALLOW)]
    standard, mobile, air = (made.state(made.entries([1], profile=n), rules=rules) for n in (1, 2, 3))
    assert losing(standard, mobile) == []
    assert losing(standard, air) == [1]
    assert losing(air, standard) == []


@pytest.mark.parametrize(
    ("before", "after", "less"),
    [
        ({}, {"action": Action.DENY}, True),
        ({}, {"action": Action.WATCH}, False),
        ({}, {"permitted": ("ua",)}, True),
        ({"permitted": ("ua",)}, {}, False),
        ({"grace": 14 * DAY}, {"grace": 13 * DAY}, True),
        ({"grace": 13 * DAY}, {"grace": 14 * DAY}, False),
    ],
)
def test_a_rule_that_grants_less_takes_service_from_its_whole_profile(made, before, after, less):
    old, new = (
        made.state(
            [1, 2], rules=[made.rule(), made.rule(**{"profile": "standard", "action": ALLOW, **terms})]
        )
        for terms in (before, after)
    )
    assert losing(old, new) == ([1, 2] if less else [])


@pytest.mark.parametrize(
    ("before", "after", "slower"),
    [
        ({}, {"speed_cap": 75.0}, True),
        ({"speed_cap": 75.0}, {}, False),
        ({"speed_cap": 75.0}, {"speed_cap": 90.0}, False),
        ({"speed_cap": 90.0}, {"speed_cap": 75.0}, True),
        ({"speed_cap": 75.0, "sustained": 120}, {"speed_cap": 75.0, "sustained": 60}, True),
        ({"speed_cap": 75.0, "release": 60}, {"speed_cap": 75.0, "release": 90}, True),
        ({"speed_cap": 75.0, "action": Action.DENY}, {"speed_cap": 60.0}, False),
    ],
)
def test_a_harder_cap_takes_no_service_and_is_named(made, before, after, slower):
    old, new = (
        made.state(
            [1, 2], rules=[made.rule(), made.rule(**{"profile": "standard", "action": ALLOW, **terms})]
        )
        for terms in (before, after)
    )
    found = effect(old, new, Activity.unknown(), now=NOW)
    assert not len(found.keys)
    assert [(one.before, one.takes) for one in found.hardened] == ([("standard", False)] if slower else [])


def test_who_was_seen_outside_every_territory_loses_only_where_a_new_one_holds_the_place(made):
    land, zone = made.land(), made.land("zone", 31, 1, precedence=1)
    new = made.state([1], rules=[made.rule()], territories=[land, zone])
    old, known = nothing_before(new), {"tested": [land, zone]}
    assert losing(old, new, seen([7], "", within=[land], **known)) == [7]
    assert losing(old, new, seen([7], "", within=[], **known)) == []
    assert losing(old, new, seen([7], "", within=[land, zone], **known)) == []  # the zone governs there
    assert losing(old, new, seen([7], "", within=[land], tested=[land])) == [7]
    assert losing(old, new, seen([7], "", within=[], tested=[zone])) == [7]  # nobody tried the land
    assert losing(old, new, seen([7], "?", within=[], **known)) == []


def test_a_rule_that_goes_away_takes_nothing(made):
    strict = made.state([1], rules=[made.rule(), made.rule(profile="standard")])
    assert losing(strict, made.state([1])) == []
    assert losing(made.state([1]), strict) == [1]


def test_a_permitted_territory_that_shrinks_takes_service(made):
    rules = [made.rule(profile="standard", action=ALLOW, permitted=("zone",))]

    def zone(side):
        return made.state(
            [1], rules=rules, territories=[made.land(), made.land("zone", 31, side, precedence=1)]
        )

    assert losing(zone(2), zone(1)) == [1]
    assert losing(zone(1), zone(2)) == []


def test_the_active_unlisted_are_counted_where_they_were_seen(made):
    opened, closed = made.state([1], rules=[made.rule(action=ALLOW)]), made.state([1])
    assert losing(opened, closed, seen([1, 7, 8])) == [7, 8]
    assert losing(opened, closed, seen([7, 8], place="")) == []
    assert losing(opened, made.state([1, 7]), seen([7, 8])) == [8]


def test_new_land_takes_service_from_those_seen_outside_every_territory(made):
    small, large = (made.state([1], territories=[made.land(side=side)]) for side in (4.0, 5.0))
    assert losing(small, large, seen([7], place="")) == [7]
    assert losing(small, large, seen([8])) == []
    assert losing(large, small, seen([7, 8], place="")) == []


def test_where_a_lenient_zone_goes_the_law_of_the_land_below_takes_service(made):
    rules = [made.rule(), made.rule("zone", action=ALLOW)]
    both = made.state([1], rules=rules, territories=[made.land(), made.land("zone", 31, 1, precedence=1)])
    alone = made.state([1])
    assert losing(both, alone, seen([7], place="zone")) == [7]
    assert losing(both, alone, seen([8])) == []
    assert losing(alone, both, seen([8])) == []


def test_a_stricter_zone_above_takes_service_from_its_land_alone(made):
    rules = [made.rule(action=ALLOW), made.rule("zone")]
    plain = made.state([1], rules=[made.rule(action=ALLOW)])
    zoned = made.state([1], rules=rules, territories=[made.land(), made.land("zone", 31, 1, precedence=1)])
    below = made.state([1], rules=rules, territories=[made.land(), made.land("zone", 31, 1, precedence=-1)])
    assert losing(plain, zoned, seen([7])) == [7]
    assert losing(plain, below, seen([7])) == []
    assert losing(below, zoned, seen([7])) == [7]


def test_counting_straddling_positions_as_inside_takes_service_from_outside(made):
    strict = made.state([1], territories=[made.land(when_uncertain=WhenUncertain.INSIDE)])
    assert losing(made.state([1]), strict, seen([7], place="")) == [7]


def test_a_territory_that_comes_into_force_later_is_counted_now(made):
    from groundpass.kernel.core.intervals import Interval

    dated = made.state([1], territories=[replace(made.land(), effective=Interval(NOW + DAY))])
    assert losing(dated, made.state([1]), seen([7], place="")) == [7]
    assert losing(nothing_before(dated), dated, seen([7], place="")) == [7]


def test_terminals_without_a_position_are_counted_too(made):
    new = made.state([1], unlocated_listed=Verdict.DENY)
    assert losing(made.state([1]), new) == [1]
    others = made.state([1], unlocated_others=Verdict.DENY)
    assert losing(made.state([1]), others, seen([7], place="")) == [7]


def test_denying_the_unlisted_past_hold_is_granting_them_less(made):
    new = made.state([1], after_hold_others=Verdict.DENY)
    assert losing(made.state([1]), new, seen([7], place="")) == [7]
    assert losing(new, new, seen([7], place="")) == []


def test_before_the_first_release_nobody_is_listed_and_whatever_denies_is_new(made):
    new = made.state([1, 2])
    found = effect(nothing_before(new), new, Activity.unknown(), now=NOW)
    assert not len(found.keys)
    assert {(one.before, one.now) for one in found.hardened} == {("unlisted", "ua")}


def test_the_effect_names_profiles_and_territories(made):
    found = effect(made.state([1, 2, 3]), made.state([3]), seen([3, 7]), now=NOW)
    assert (found.by_profile, found.by_territory, found.hardened) == ({"standard": 2}, {"ua": 2}, ())


def test_the_same_state_again_takes_nothing_from_anybody(made):
    state = made.state(
        [1, 2], rules=[made.rule(), made.rule(profile="standard", action=ALLOW, speed_cap=75.0)]
    )
    found = effect(state, state, seen([1, 2, 7]), now=NOW)
    assert (len(found.keys), found.hardened) == (0, ())


def test_an_activity_whose_columns_do_not_fit_is_refused():
    with pytest.raises(BadInput):
        Activity(np.array([1], np.uint64), np.array([5], np.uint32), (Place(""),), known=True)
    with pytest.raises(BadInput):
        Activity(np.array([1, 2], np.uint64), np.array([0], np.uint32), (Place(""),), known=True)
