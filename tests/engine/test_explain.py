"""A verdict explains itself, step by step, in both languages and as data."""

from __future__ import annotations

import json
import math
import tomllib
from importlib import resources

import h3
import numpy as np
import pytest
import shapely

from groundpass.kernel.core.intervals import NS, Interval, parse_time
from groundpass.kernel.core.state import Blocks, Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action, Verdict
from groundpass.kernel.engine import Explanation, Report, explain
from groundpass.kernel.engine.explain import TELLERS, show_ns
from groundpass.kernel.engine.reference import STEPS
from groundpass.kernel.territory import to_wkb

NOW = parse_time("2026-04-01T12:00:00Z")
CLOSED = parse_time("2026-02-05T03:00:00Z")
YEAR = 365 * 86_400
CELL = h3.str_to_int(h3.latlng_to_cell(50.5, 30.5, 5))


def state(**changes: object) -> State:
    spans = [
        (CLOSED, CLOSED + YEAR),
        (NOW - YEAR, NOW - 60),
        (NOW - 2 * YEAR, NOW - YEAR),
        (NOW + 60, NOW + YEAR),
    ]
    given = {
        "feed": "demo",
        "session": "00",
        "serial": 41,
        "issued": NOW - 10,
        "scheme": "utid",
        "profiles": (UNLISTED, "standard"),
        "entries": Entries(
            np.array([1, 2, 3, 4], np.uint64),
            np.array([1, 1, 1, 1], np.uint16),
            np.array([span[0] for span in spans], np.int64),
            np.array([span[1] for span in spans], np.int64),
        ),
        "territories": (
            Territory("land", "The land", to_wkb(shapely.box(22, 44, 40, 52)), country="UA"),
            Territory("zone", "The zone", to_wkb(shapely.box(36, 47, 38, 49)), precedence=1),
        ),
        "rules": (
            Rule("land", UNLISTED, Action.DENY, Interval(start=CLOSED)),
            Rule("land", "standard", Action.WATCH, speed_cap=75, permitted=("zone", "land")),
            Rule("zone", "standard", Action.ALLOW, permitted=()),
        ),
    }
    return State(**(given | changes))


class Track:
    def __init__(self, fast: bool) -> None:
        self.fast = fast

    def too_fast(self, rule: Rule) -> bool:
        return self.fast and rule.speed_cap == 75

    spoofed = cloned = False

    def settled(self, territory: Territory) -> bool:
        return territory.settle == 1


class Newcomer(Track):
    """A terminal that has come under some territories only."""

    def __init__(self, *under: str) -> None:
        super().__init__(fast=False)
        self.under = under

    def settled(self, territory: Territory) -> bool:
        return territory.id in self.under


def told(report: Report, made: State | None = None, **more: object) -> Explanation:
    return explain(made or state(), report, now_ns=NOW * NS, **more)


def here(key: int = 1, lon: float = 30.5, lat: float = 50.45, **more: object) -> Report:
    return Report(**({"key": key, "time_ns": NOW * NS, "lat": lat, "lon": lon} | more))


BLOCKS = Blocks(5, np.array([1], np.uint64), np.array([NOW + 3600], np.int64))
OLD = {"issued": NOW - 20 * 86_400}
STORIES = [
    # report, state, further arguments, number of steps, words of the last steps
    (
        here(),
        {},
        {},
        8,
        [
            "as standard, from 2026-02-05T03:00:00Z",
            "being watched",
            "The zone, The land",
            "75 km/h",
            "[land/standard, always/never]",
        ],
    ),
    (here(), {}, {"track": Track(True)}, 7, ["Yes; its cap is 75 km/h"]),
    (here(), {}, {"track": Track(False)}, 8, ["No; its cap is 75 km/h"]),
    (here(), {}, {"track": Newcomer()}, 3, ["None yet: it comes under The land with report number 1"]),
    (
        here(lon=37, lat=48),
        {},
        {"track": Newcomer("land")},
        8,
        ["The land, for now: it comes under The zone"],
    ),
    (
        here(9),
        {},
        {},
        5,
        ["No entry names it", "Yes, it denies", "land/unlisted, 2026-02-05T03:00:00Z/never"],
    ),
    (here(2), {}, {}, 8, ["period of grace until 2026-04-15T11:59:00Z"]),
    (
        here(2),
        {"issued": NOW - 1000, "rules": (Rule("land", "standard", Action.ALLOW, grace=0),)},
        {},
        8,
        ["no fresh list has come"],
    ),
    (here(3), {}, {}, 5, ["and so did its grace"]),
    (here(4), {}, {}, 5, ["begins at 2026-04-01T12:01:00Z"]),
    (here(9), OLD | {"after_hold_others": Verdict.ALLOW}, {}, 4, ["another rule of the release"]),
    (here(lon=37, lat=48), {}, {}, 6, ["in no territory at all"]),
    (
        here(lon=37, lat=48),
        {"rules": (Rule("zone", "standard", Action.ALLOW, permitted=("land",)),)},
        {},
        8,
        ["Yes, in The land", "no cap"],
    ),
    (
        here(lon=30),
        {"rules": (Rule("land", "standard", Action.ALLOW, permitted=("zone",)),)},
        {},
        6,
        ["No, only in The zone"],
    ),
    (here(lon=30), {"rules": ()}, {}, 8, ["No rule is in force"]),
    (here(lon=20), {}, {}, 3, ["None that is in effect"]),
    (here(lon=22, uncertainty_m=100.0), {}, {}, 3, ["None that counts an uncertain place"]),
    (here(lon=36, lat=48, uncertainty_m=100.0), {}, {}, 8, ["The land; the place is too near a line"]),
    (Report(key=1, time_ns=NOW * NS, country="UA"), {}, {}, 8, ["Yes: UA, at 2026-04-01T12:00:00Z"]),
    (
        Report(key=1, time_ns=NOW * NS + 5, cell=CELL),
        {},
        {},
        8,
        [f"Yes: {CELL:x}, at 2026-04-01T12:00:00.000000005Z"],
    ),
    (here(lat=math.nan), {}, {}, 2, ["no position, no cell and no country code"]),
    (Report(key=1, lat=50.0, lon=30.0), {}, {}, 2, ["It has no time"]),
    (here(time_ns=(NOW + 301) * NS), {}, {}, 2, ["later than the clock allows"]),
    (here(), {}, {"blocks": BLOCKS}, 1, ["It is blocked until 2026-04-01T13:00:00Z. [block list 5]"]),
    (here(lon=20), {}, {"blocks": BLOCKS}, 3, ["but it is outside every territory"]),
]


@pytest.mark.parametrize(("report", "changes", "more", "steps", "words"), STORIES)
def test_the_steps_say_what_was_found(
    report: Report, changes: dict[str, object], more: dict[str, object], steps: int, words: list[str]
) -> None:
    explanation = told(report, state(**changes), **more)
    assert [step.number for step in explanation.steps] == list(range(1, steps + 1))
    assert [step.decided for step in explanation.steps] == [False] * (steps - 1) + [True]
    text = explanation.text()
    for word in words:
        assert word in text
    ukrainian = explanation.text("uk")
    assert len(ukrainian.splitlines()) == len(text.splitlines())
    assert "{" not in text + ukrainian
    json.dumps(explanation.as_json())


def test_the_stories_tell_every_finding_that_there_are_words_for() -> None:
    texts = tomllib.loads(
        resources.files("groundpass.kernel.engine").joinpath("steps.toml").read_text("utf-8")
    )
    found = {
        (str(step.number), step.outcome["en"].partition("{")[0])
        for report, changes, more, _, _ in STORIES
        for step in told(report, state(**changes), **more).steps
    }
    for number, words in texts.items():
        for word, sentence in words.items():
            assert set(sentence) == {"en", "uk"}
            start = sentence["en"].partition("{")[0]
            if word not in {"asks", "governed", "allow"}:
                assert any(step == number and outcome.startswith(start) for step, outcome in found), word


def test_the_json_has_what_a_verdict_carries() -> None:
    data = told(here()).as_json()
    assert data["verdict"] == "ALLOW"
    assert data["reason"] == "LISTED"
    assert data["flags"] == ["WATCH"]
    assert data["territory"] == "land"
    assert data["release"] == 41
    assert data["block_serial"] == 0
    assert data["valid_until"] == "2027-02-05T03:00:00Z"
    assert set(data["sentence"]) == {"en", "uk"}
    assert data["steps"][-1]["decided"]
    outside = told(here(9, lon=20)).as_json()
    assert outside["territory"] is None
    assert outside["valid_until"] is None


def test_every_step_has_a_teller() -> None:
    assert len(TELLERS) == len(STEPS) == 8


def test_moments_before_1970_and_their_fractions_are_shown() -> None:
    assert show_ns(-1) == "1969-12-31T23:59:59.999999999Z"
    assert show_ns(0) == "1970-01-01T00:00:00Z"


def test_who_has_not_settled_yet_is_told_what_governs_until_then() -> None:
    zone = {"lon": 37.0, "lat": 48.0}
    told_uk = told(here(**zone), track=Newcomer("land")).text("uk")
    assert "Поки що The land: до території «The zone»" in told_uk
    assert "The land, for now: it comes under The zone" in told(here(**zone), track=Newcomer("land")).text()
    assert "3. Which territory governs the place? The zone." in told(here(**zone)).text()
