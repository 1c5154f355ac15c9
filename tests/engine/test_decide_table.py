"""Every engine gives what the truth table says, case by case; the table is `tests/decisions/*.yaml`."""

from __future__ import annotations

import copy
import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pytest
import shapely
import yaml
from shapely import MultiPolygon

from groundpass.kernel.core.intervals import ALWAYS, NEVER, NO_TIME, NS, Interval, parse_time, to_seconds
from groundpass.kernel.core.state import Blocks, Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import Action, Flag, Reason, Verdict, WhenUncertain, flag_names
from groundpass.kernel.engine import ReleaseView, Report, Reports, decide, decide_one, explain
from groundpass.kernel.engine.fast import FastView, decide_fast
from groundpass.kernel.territory import to_wkb

if TYPE_CHECKING:
    from groundpass.kernel.engine import Decision

FOLDER = Path(__file__).parent.parent / "decisions"
WORLD = yaml.safe_load((FOLDER / "world.yaml").read_text("utf-8"))
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("[0-9]*.yaml"))}
CASES = [
    pytest.param(case, id=f"{name}: {case['name']}") for name, file in FILES.items() for case in file["cases"]
]
WORDS = {
    *(
        "name",
        "terminal",
        "place",
        "beside",
        "radius",
        "cell",
        "cell number",
        "country",
        "at",
        "now",
        "issued",
    ),
    *("track", "but", "then", "flags", "territory", "until"),
}
WAYS = {"east": (0, math.inf), "west": (0, -math.inf), "north": (1, math.inf), "south": (1, -math.inf)}


def nanoseconds(written: Any) -> int:
    if isinstance(written, dt.datetime):
        return to_seconds(written) * NS
    whole, _, fraction = written.removesuffix("Z").partition(".")
    return parse_time(whole) * NS + int(fraction.ljust(9, "0") or 0)


def seconds(written: Any, otherwise: int) -> int:
    return otherwise if written is None else nanoseconds(written) // NS


def key_of(terminal: str) -> int:
    """Invented keys; "nobody" stands for no terminal at all."""
    return 0 if terminal == "nobody" else int.from_bytes(terminal.encode()[:8].ljust(8, b"\1"), "big")


def changed(world: dict[str, Any], but: dict[str, Any]) -> dict[str, Any]:
    """The world with what a case changes in it."""
    world = copy.deepcopy(world)
    for name, value in but.items():
        if value == "none":
            world[name] = type(world[name])()
        elif name == "territories":
            for place, fields in value.items():
                world[name].setdefault(place, {}).update(fields)
        elif name == "rules":
            for rule in value:
                pair = (rule["territory"], rule["profile"])
                if rule.get("replace"):
                    world[name] = [old for old in world[name] if (old["territory"], old["profile"]) != pair]
                world[name].append(rule)
        elif isinstance(value, dict):
            world.setdefault(name, {}).update(value)
        else:
            world[name] = value
    return world


def territory(name: str, fields: dict[str, Any]) -> Territory:
    holes = MultiPolygon([shapely.box(*box) for group in fields.get("holes", []) for box in group])
    shape = MultiPolygon([shapely.box(*box) for box in fields["boxes"]]).difference(holes)
    return Territory(
        id=name,
        name=fields["name"],
        wkb=to_wkb(shape),
        effective=Interval(seconds(fields.get("from"), ALWAYS), seconds(fields.get("until"), NEVER)),
        precedence=fields.get("precedence", 0),
        when_uncertain=WhenUncertain[fields.get("when_uncertain", "outside").upper()],
        country=fields.get("country", ""),
    )


def rule(fields: dict[str, Any]) -> Rule:
    given = {name: fields[name] for name in ("speed_cap", "grace") if name in fields}
    permitted = fields.get("permitted")
    return Rule(
        territory=fields["territory"],
        profile=fields["profile"],
        action=Action[fields["action"].upper()],
        effective=Interval(seconds(fields.get("from"), ALWAYS), seconds(fields.get("until"), NEVER)),
        permitted=None if permitted is None else tuple(permitted),
        **given,
    )


def release(world: dict[str, Any], issued: int) -> State:
    rows = sorted((key_of(name), *fields) for name, fields in world["entries"].items())
    profiles = tuple(world["profiles"])
    unlocated = {"listed": "allow", "others": "ungoverned", **world.get("unlocated", {})}
    return State(
        feed="truth",
        session="00",
        serial=7,
        issued=issued,
        scheme="utid",
        profiles=profiles,
        entries=Entries(
            np.array([row[0] for row in rows], np.uint64),
            np.array([profiles.index(row[1]) for row in rows], np.uint16),
            np.array([seconds(row[2], 0) for row in rows], np.int64),
            np.array([seconds(row[3], 0) for row in rows], np.int64),
        ),
        territories=tuple(territory(name, fields) for name, fields in world["territories"].items()),
        rules=tuple(rule(fields) for fields in world["rules"]),
        unlocated_listed=Verdict[unlocated["listed"].upper()],
        unlocated_others=Verdict[unlocated["others"].upper()],
        after_hold_others=Verdict[world["after_hold"].upper()] if "after_hold" in world else None,
    )


def block_list(world: dict[str, Any]) -> Blocks:
    rows = sorted((key_of(name), seconds(until, 0)) for name, until in world["blocks"].items())
    return Blocks(
        3, np.array([row[0] for row in rows], np.uint64), np.array([row[1] for row in rows], np.int64)
    )


def report(case: dict[str, Any], time_ns: int) -> Report:
    place = case.get("place", [math.nan, math.nan])
    spot = [float(number) for number in (WORLD["places"][place] if isinstance(place, str) else place)]
    if "beside" in case:
        axis, way = WAYS[case["beside"]]
        spot[axis] = float(np.nextafter(spot[axis], way))
    cell = case.get("cell number", 0)
    if "cell" in case:
        cell = h3.str_to_int(h3.latlng_to_cell(spot[1], spot[0], case["cell"]))
        spot = [math.nan, math.nan]
    return Report(
        key=key_of(case["terminal"]),
        time_ns=time_ns,
        lon=spot[0],
        lat=spot[1],
        uncertainty_m=float(case.get("radius", math.nan)),
        cell=cell,
        country=case.get("country", ""),
    )


class Track:
    """A terminal that is too fast, or is not."""

    def __init__(self, word: str) -> None:
        self.fast = {"too fast": True, "slow": False}[word]

    def too_fast(self, rule: Rule, rows: np.ndarray | None = None) -> Any:
        assert rule.speed_cap is not None
        return self.fast if rows is None else np.full(len(rows), self.fast)


def by_reference(state: State, row: Report, now_ns: int, blocks: Blocks, track: Track | None) -> Decision:
    return decide_one(state, row, now_ns=now_ns, blocks=blocks, track=track)


def by_columns(state: State, row: Report, now_ns: int, blocks: Blocks, track: Track | None) -> Decision:
    batch = Reports.from_rows([Report(), row, Report(time_ns=0, lat=0.0, lon=0.0)])
    return decide(ReleaseView.of(state), batch, now_ns=now_ns, blocks=blocks, tracks=track).row(1)


def by_compiled(state: State, row: Report, now_ns: int, blocks: Blocks, track: Track | None) -> Decision:
    batch = Reports.from_rows([Report(), row, Report(time_ns=0, lat=0.0, lon=0.0)])
    return decide_fast(FastView.of(state), batch, now_ns=now_ns, blocks=blocks, tracks=track).row(1)


def by_explanation(state: State, row: Report, now_ns: int, blocks: Blocks, track: Track | None) -> Decision:
    return explain(state, row, now_ns=now_ns, blocks=blocks, track=track).decision


@pytest.fixture(
    params=[by_reference, by_columns, by_compiled, by_explanation],
    ids=["reference", "columns", "compiled", "explanation"],
)
def engine(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("case", CASES)
def test_the_truth_table_holds(case: dict[str, Any], engine: Any) -> None:
    assert set(case) <= WORDS
    at = case.get("at", WORLD["at"])
    time_ns = NO_TIME if at == "none" else nanoseconds(at)
    now_ns = nanoseconds(case["now"]) if "now" in case else time_ns
    issued = seconds(case.get("issued"), now_ns // NS - 10)
    world = changed(WORLD, case.get("but", {}))
    track = Track(case["track"]) if "track" in case else None
    decision = engine(release(world, issued), report(case, time_ns), now_ns, block_list(world), track)
    verdict, reason = case["then"].split()
    said = (decision.verdict.name, decision.reason.name, flag_names(decision.flags), decision.territory)
    assert said == (verdict, reason, case.get("flags", []), case.get("territory", ""))
    if "until" in case:
        until = case["until"]
        assert decision.valid_until_ns == (NEVER if until == "never" else nanoseconds(until))
    assert (decision.serial, decision.block_serial) == (7, 3)


def test_the_table_is_large_enough_and_its_names_are_distinct() -> None:
    names = [case["name"] for file in FILES.values() for case in file["cases"]]
    assert len(names) == len(set(names)) >= 90


def test_the_table_has_every_reason_verdict_and_flag_that_can_come_yet() -> None:
    cases = [case for file in FILES.values() for case in file["cases"]]
    words = {word for case in cases for word in case["then"].split()}
    assert words == {word.name for word in Reason} | {word.name for word in Verdict}
    flags = {flag for case in cases for flag in case.get("flags", [])}
    from_tracks = {Flag.SPOOF_SUSPECTED.name, Flag.CLONE_SUSPECTED.name}
    assert flags == {flag.name for flag in Flag} - from_tracks
