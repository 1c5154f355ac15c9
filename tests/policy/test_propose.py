"""Proposing a rule set: what it pins and what is refused before anybody can approve it."""

from __future__ import annotations

import pytest

from groundpass.authority.policy.api import RuleSet, import_territory, propose, state_parts
from groundpass.kernel.core.errors import BadGeometry, BadInput, NoRight, Refused
from support.times import NOW

pytestmark = pytest.mark.django_db
ZONES = """\
title: Two zones
territories: [ua, zone]
rules:
  - {territory: zone, profile: unlisted, action: deny}
"""


def test_an_officer_proposes_and_a_clerk_cannot(cast, rules, ukraine):
    with pytest.raises(NoRight):
        propose(rules, actor=cast.clerk, now=NOW)
    ruleset = propose(rules, actor=cast.officer, now=NOW)
    assert (ruleset.number, ruleset.state, ruleset.proposed_by) == (1, "proposed", cast.officer)
    assert propose(rules, actor=cast.officer, now=NOW).number == 2


def test_a_proposal_is_read_from_a_file_with_its_byte_order_mark(cast, rules, ukraine, tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(rules, "utf-8-sig")
    assert propose(path, actor=cast.officer, now=NOW).title == "Closed list from 5 February"
    with pytest.raises(BadInput, match="cannot be read"):
        propose(tmp_path / "none.yaml", actor=cast.officer, now=NOW)


def test_a_territory_that_nobody_imported_is_refused_with_those_that_are_known(cast, rules, ukraine):
    with pytest.raises(BadInput, match=r"no territory uz\. Known are ua"):
        propose(rules.replace("ua", "uz"), actor=cast.officer, now=NOW)
    assert not RuleSet.objects.exists()


def test_territories_that_overlap_need_distinct_precedence(cast, square, ukraine):
    def zone(precedence: int, west: float = 33.0):
        import_territory(
            square(west, 48), code="zone", name="Zone", precedence=precedence, actor=cast.officer, now=NOW
        )

    zone(0)
    with pytest.raises(BadGeometry, match="'ua' and 'zone' overlap, both with precedence 0") as refusal:
        propose(ZONES, actor=cast.officer, now=NOW)
    lon, lat = refusal.value.place
    assert 33 < lon < 34
    assert 48 < lat < 52
    zone(0, west=34.0)  # they touch: a point on the edge lies in both
    with pytest.raises(BadInput, match="overlap"):
        propose(ZONES, actor=cast.officer, now=NOW)
    zone(1)
    assert propose(ZONES, actor=cast.officer, now=NOW).number == 1
    zone(0, west=35.0)
    assert propose(ZONES, actor=cast.officer, now=NOW).number == 2


def test_a_proposal_keeps_the_versions_it_was_made_with(cast, rules, square, ukraine):
    number = propose(rules, actor=cast.officer, now=NOW).number
    import_territory(square(0, 0), code="ua", name="Ukraine", country="UA", actor=cast.officer, now=NOW)
    assert [pin.territory.version for pin in RuleSet.objects.get(number=number).pins.all()] == [1]


def test_before_any_approval_there_is_nothing_to_compile(cast, rules, ukraine):
    propose(rules, actor=cast.officer, now=NOW)
    with pytest.raises(Refused, match="No rule set is in force"):
        state_parts(NOW)
