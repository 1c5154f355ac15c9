"""How a written rule set is read, and how each fault in it is named."""

from __future__ import annotations

import pytest

from groundpass.authority.policy.domain.form import MAX_TEXT, read
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import parse_time
from groundpass.kernel.core.verdicts import Action, Verdict

PROFILES = ("unlisted", "standard", "mobile", "air")
CLOSING = parse_time("2026-02-05T03:00:00Z")


def test_a_rule_set_reads_as_rules_in_canonical_order(rules):
    proposal = read(rules, PROFILES)
    pairs = [(rule.profile, rule.action, rule.effective.start == CLOSING) for rule in proposal.rules]
    assert pairs == [
        ("mobile", Action.ALLOW, False),
        ("standard", Action.ALLOW, False),
        ("unlisted", Action.ALLOW, False),
        ("unlisted", Action.DENY, True),
    ]
    assert proposal.rules[1].speed_cap == 75
    assert (proposal.unlocated_listed, proposal.unlocated_others) == (Verdict.ALLOW, Verdict.UNGOVERNED)
    assert proposal.after_hold_others is None
    assert proposal.effective_from is None


def test_a_time_reads_alike_with_and_without_quotes(rules):
    assert read(rules.replace('"', ""), PROFILES) == read(rules, PROFILES)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("action: deny", "action: refuse", "line 7 (rules[1].action)"),
        ("speed_cap: 75, sustained", "speed_cap: fast, sustained", "line 8 (rules[2].speed_cap)"),
        ("speed_cap: 75, sustained", "speed_cap: -1, sustained", "line 8 (rules[2].speed_cap)"),
        ("speed_cap: 75, sustained", "speed_cap: .nan, sustained", "line 8 (rules[2].speed_cap)"),
        ("sustained: 120", "sustained: 1.5", "line 8 (rules[2].sustained)"),
        ("profile: mobile", "profil: mobile", "line 9 (rules[3])"),
        ("profile: mobile", "profile: tank", "known are unlisted, standard, mobile, air"),
        ("{territory: ua, profile: mobile", "{territory: uz, profile: mobile", "line 9 (rules[3].territory)"),
        ("mobile, action: allow", "mobile, action: allow, permitted: [uz]", "'uz' is not among"),
        ("action: deny,", "action: deny, speed_cap: 75,", "line 7 (rules[1])"),
        ('deny, from: "2026-02-05', 'deny, from: "2026-02-04', "same time as rules[0] at line 6"),
        ('until: "2026-02-05T03:00:00Z"', 'until: "5 February"', "line 6 (rules[0].until)"),
        ('from: "2026-02-05T03:00:00Z"', 'from: "2026-02-05", until: "2026-02-05"', "is empty"),
        ("refresh: 60", "refresh: 6000", "line 4 (timers)"),
        ("unlocated: {listed: allow", "unlocated: {listed: maybe", "line 3 (unlocated.listed)"),
        ("territories: [ua]", "territories: [ua, ua]", "line 2 (territories)"),
        ("territories: [ua]", "territories: []", "line 2 (territories)"),
        ("title: Closed list from 5 February\n", "", "missing required field `title`"),
        ("timers: {", "title: Twice\ntimers: {", "the key 'title' twice, the second time at line 4"),
        ("timers: {", "timers: [", "not YAML at line 4"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(rules, good, bad, said):
    assert good in rules
    read(rules, PROFILES)
    with pytest.raises(BadInput) as refusal:
        read(rules.replace(good, bad, 1), PROFILES)
    assert said in refusal.value.sentence()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("just words", "at line 1"),
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("[" * 5_000 + "]" * 5_000, "too deep"),
        ("#" * (MAX_TEXT + 1), "longer than"),
        ("title: a\n---\ntitle: b\n", "not YAML"),
        ("title: !!python/object:os.system {}\n", "not YAML"),
    ],
)
def test_what_is_no_rule_set_is_refused(text, said):
    with pytest.raises(BadInput, match=said):
        read(text, PROFILES)
