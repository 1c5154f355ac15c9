"""Whatever terminals report and however it comes in: the batches say what the reference says one by one."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.core.intervals import NO_TIME, NS, Interval
from groundpass.kernel.core.state import Blocks, Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Action, Verdict
from groundpass.kernel.engine import Report, Reports
from groundpass.kernel.engine.fast import FastView
from groundpass.kernel.engine.following import Follower
from groundpass.kernel.engine.movement import Movement
from groundpass.kernel.engine.moving import decide_moving
from groundpass.kernel.territory import to_wkb

NOW = 1_790_000_000
EDGE = NOW - 1800  # when the rule of the inner territory begins
KEYS = 14
DEGREE = 111_200.0  # m, about


def world(settle: tuple[int, int], caps: tuple[float | None, float | None]) -> State:
    """A country and a zone in it; half of the terminals are listed, one of them only until a while ago."""
    places = (
        Territory("a", "A", to_wkb(shapely.box(30, 50, 31, 51)), settle=settle[0]),
        Territory("b", "B", to_wkb(shapely.box(30.4, 50.4, 30.6, 50.6)), precedence=1, settle=settle[1]),
    )
    rules = (
        Rule("a", UNLISTED, Action.ALLOW, speed_cap=caps[0]),
        Rule("a", "standard", Action.WATCH, speed_cap=90, sustained=60, release=30),
        Rule("b", UNLISTED, Action.DENY, Interval(EDGE)),
        Rule("b", "standard", Action.ALLOW, speed_cap=caps[1], permitted=("a",)),
    )
    keys = np.arange(1, KEYS // 2 + 1, dtype=np.uint64)
    until = np.full(len(keys), NOW + 100)
    until[0] = NOW - 1000
    entries = Entries(keys, np.ones(len(keys), np.uint16), np.full(len(keys), NOW - 10_000_000), until)
    return State(
        "truth", "00", 7, NOW - 10, "utid", (UNLISTED, "standard"), entries, places, rules,
        unlocated_others=Verdict.DENY, after_hold_others=Verdict.ALLOW,
    )  # fmt: skip


def reports_of(seed: int, rows: int) -> list[Report]:
    """Terminals that rest, drive, jump with others, alternate, and report what they should not."""
    rng = np.random.default_rng(seed)
    meeting = (50.2, 30.2)
    made: list[Report] = []
    for key in range(1, KEYS + 1):
        lat, lon = rng.uniform(50.3, 50.7), rng.uniform(30.3, 30.7)
        kind = rng.choice(["drive", "jump", "clone", "rest"])
        moment = NOW - 4000 + int(rng.integers(30))
        pace = rng.choice([40, 91, 140, 500]) / 3.6
        for row in range(rows):
            step = int(rng.choice([0, 5, 15, 15, 15, 30, 60, 301, -20]))
            moment += step
            if kind == "drive":
                lat += pace * max(step, 0) / DEGREE * rng.choice([1, 1, 1, 0, -1])
            there = (lat, lon)
            if (kind == "jump" and row > rows // 2) or (kind == "clone" and row % 2):
                there = (meeting[0] + rng.normal(0, 1e-3), meeting[1] if kind == "jump" else 50.0)
            if rng.random() < 0.05:
                there = (math.nan, math.nan)
            made.append(
                Report(
                    key=int(rng.choice([key] * 30 + [0])),
                    time_ns=int(rng.choice([NO_TIME, (NOW + 900) * NS, *[moment * NS] * 30])),
                    lat=round(there[0], 7),
                    lon=round(there[1], 7),
                    uncertainty_m=float(rng.choice([math.nan, math.nan, math.nan, 0, 30, 6000])),
                    speed_mps=float(rng.choice([math.nan, math.nan, 30])),
                )
            )
    return [made[row] for row in rng.permutation(len(made))] if seed % 2 else made


@given(
    seed=st.integers(0, 2**32),
    settle=st.tuples(st.sampled_from([1, 2, 4]), st.sampled_from([1, 1, 3])),
    caps=st.tuples(st.sampled_from([None, 75.0]), st.sampled_from([None, 90.0, 200.0])),
    batches=st.sampled_from([1, 1, 2, 7]),
    held=st.booleans(),
)
@settings(max_examples=30, deadline=None)
def test_batches_with_tracks_are_decided_as_reports_one_by_one(
    seed: int, settle: tuple[int, int], caps: tuple, batches: int, held: bool
) -> None:
    state, rows = world(settle, caps), reports_of(seed, 30)
    now_ns = (NOW + (20 * 86_400 if held else 0)) * NS
    blocks = Blocks(3, np.array([3], np.uint64), np.array([NOW + 30 * 86_400]))
    fast, movement, follower = FastView.of(state), Movement(), Follower()
    cuts = np.linspace(0, len(rows), batches + 1).astype(int).tolist()
    for start, end in pairwise(cuts):
        part = rows[start:end]
        made = decide_moving(fast, movement, Reports.from_rows(part), now_ns=now_ns, blocks=blocks)
        expected = follower.decide(state, part, now_ns=now_ns, blocks=blocks)
        assert [made.row(row) for row in range(len(part))] == expected
        movement = Movement.from_bytes(movement.to_bytes())
