"""Every engine gives what the truth table says, case by case; the table is `tests/decisions/*.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from groundpass.kernel.core.intervals import NEVER, NO_TIME, NS
from groundpass.kernel.core.state import Blocks, State
from groundpass.kernel.core.verdicts import Flag, Reason, Verdict, flag_names
from groundpass.kernel.engine import (
    ReleaseView,
    Report,
    Reports,
    decide,
    decide_one,
    explain,
    put_moves,
)
from groundpass.kernel.engine.fast import FastView, decide_fast
from groundpass.kernel.engine.following import Follower
from groundpass.kernel.engine.movement import Movement, Moves
from groundpass.kernel.engine.moving import decide_moving
from support.truth import (
    FILES,
    WORDS,
    WORLD,
    block_list,
    changed,
    history,
    nanoseconds,
    release,
    report,
    seconds,
)

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Rule, Territory
    from groundpass.kernel.engine import Decision, Decisions

CASES = [
    pytest.param(case, id=f"{name}: {case['name']}") for name, file in FILES.items() for case in file["cases"]
]
MOVING = [case for case in CASES if {"before", "came"} & set(case.values[0])]
TELLING = ["too fast", "slow", "spoofed", "cloned"]


@dataclass(frozen=True)
class Told:
    """A track of which only what it says is told: too fast, slow, spoofed, or cloned."""

    word: str

    @property
    def spoofed(self) -> bool:
        return self.word == "spoofed"

    @property
    def cloned(self) -> bool:
        return self.word == "cloned"

    def too_fast(self, rule: Rule) -> bool:
        assert rule.speed_cap is not None
        return self.word == "too fast"

    def settled(self, territory: Territory) -> bool:
        assert territory.settle >= 1
        return True

    def moves(self, size: int) -> Moves:
        fast, spoofed, cloned = (
            np.full(size, self.word == word) for word in ("too fast", "spoofed", "cloned")
        )
        nothing = np.empty(0, np.int64)
        return Moves(fast, spoofed, cloned, nothing, nothing, nothing, np.empty(0))


@dataclass(frozen=True)
class Asked:
    """What a case asks an engine."""

    state: State
    row: Report
    now_ns: int
    blocks: Blocks
    track: Told | None
    before: list[Report]

    def batch(self) -> Reports:
        """The row between others that must not touch it."""
        return Reports.from_rows([Report(), self.row, Report(time_ns=0, lat=0.0, lon=0.0)])

    def with_moves(self, made: Decisions) -> Decision:
        if self.track is not None:
            put_moves(made, self.track.moves(len(made)), self.state.rules)
        return made.row(1)


def by_reference(asked: Asked) -> Decision:
    if asked.before:
        follower, how = Follower(), {"now_ns": asked.now_ns, "blocks": asked.blocks}
        return follower.decide(asked.state, [*asked.before, asked.row], **how)[-1]
    return decide_one(asked.state, asked.row, now_ns=asked.now_ns, blocks=asked.blocks, track=asked.track)


def by_columns(asked: Asked) -> Decision:
    view = ReleaseView.of(asked.state)
    if asked.before:
        fast = FastView(view)
        fast.grid = None
        return moved(asked, fast, 1)
    return asked.with_moves(decide(view, asked.batch(), now_ns=asked.now_ns, blocks=asked.blocks))


def by_compiled(asked: Asked) -> Decision:
    fast = FastView.of(asked.state)
    if asked.before:
        return moved(asked, fast, 1)
    return asked.with_moves(decide_fast(fast, asked.batch(), now_ns=asked.now_ns, blocks=asked.blocks))


def by_explanation(asked: Asked) -> Decision:
    track: Any = asked.track
    if asked.before:
        follower = Follower()
        follower.decide(asked.state, [*asked.before, asked.row], now_ns=asked.now_ns, blocks=asked.blocks)
        track = follower.trail(asked.row.key)
    return explain(asked.state, asked.row, now_ns=asked.now_ns, blocks=asked.blocks, track=track).decision


def moved(asked: Asked, fast: FastView, size: int) -> Decision:
    """The last verdict of reports that come in batches of a size, or all at once for 1."""
    rows = [*asked.before, asked.row]
    reports, movement = Reports.from_rows(rows), Movement()
    cuts = [0, len(rows)] if size == 1 else [*range(0, len(rows), size), len(rows)]
    for start, end in pairwise(cuts):
        part = reports.part(slice(start, end))
        made = decide_moving(fast, movement, part, now_ns=asked.now_ns, blocks=asked.blocks)
    return made.row(len(made) - 1)


@pytest.fixture(
    params=[by_reference, by_columns, by_compiled, by_explanation],
    ids=["reference", "columns", "compiled", "explanation"],
)
def engine(request: pytest.FixtureRequest) -> Any:
    return request.param


def asked_by(case: dict[str, Any]) -> Asked:
    assert set(case) <= WORDS
    at = case.get("at", WORLD["at"])
    time_ns = NO_TIME if at == "none" else nanoseconds(at)
    now_ns = nanoseconds(case["now"]) if "now" in case else time_ns
    issued = seconds(case.get("issued"), now_ns // NS - 10)
    world = changed(WORLD, case.get("but", {}))
    row = report(case, time_ns)
    track = Told(case["track"]) if "track" in case else None
    return Asked(release(world, issued), row, now_ns, block_list(world), track, history(case, row)[:-1])


def check(case: dict[str, Any], decision: Decision) -> None:
    verdict, reason = case["then"].split()
    said = (decision.verdict.name, decision.reason.name, flag_names(decision.flags), decision.territory)
    assert said == (verdict, reason, case.get("flags", []), case.get("territory", ""))
    if "until" in case:
        until = case["until"]
        assert decision.valid_until_ns == (NEVER if until == "never" else nanoseconds(until))
    assert (decision.serial, decision.block_serial) == (7, 3)


@pytest.mark.parametrize("case", CASES)
def test_the_truth_table_holds(case: dict[str, Any], engine: Any) -> None:
    assert case.get("track", "slow") in TELLING
    check(case, engine(asked_by(case)))


@pytest.mark.parametrize("case", MOVING)
@pytest.mark.parametrize("size", [2, 7])
def test_cases_about_movement_hold_in_whatever_batches_reports_come(case: dict[str, Any], size: int) -> None:
    asked = asked_by(case)
    check(case, moved(asked, FastView.of(asked.state), size))


def test_the_table_is_large_enough_and_its_names_are_distinct() -> None:
    names = [case["name"] for file in FILES.values() for case in file["cases"]]
    assert len(names) == len(set(names)) >= 250


def test_the_table_has_every_reason_verdict_and_flag() -> None:
    cases = [case for file in FILES.values() for case in file["cases"]]
    words = {word for case in cases for word in case["then"].split()}
    assert words == {word.name for word in Reason} | {word.name for word in Verdict}
    assert {flag for case in cases for flag in case.get("flags", [])} == {flag.name for flag in Flag}
