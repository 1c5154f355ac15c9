"""Why a report got its verdict, step by step, for a person and for a program.

The steps are those of `reference.py`, run by it; here they are only told. The sentences are `steps.toml`.
A step names the clause of the release that it rests on: the entry's dates, the territory, the rule.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from groundpass.kernel.core.intervals import NEVER, NO_TIME, NS, Interval, show_time
from groundpass.kernel.core.state import Blocks
from groundpass.kernel.core.verdicts import (
    LANGUAGES,
    Flag,
    Reason,
    flag_names,
    flag_sentence,
    sentence,
)
from groundpass.kernel.engine.case import Case
from groundpass.kernel.engine.reference import STEPS, Decision, conclude, first

if TYPE_CHECKING:
    from groundpass.kernel.core.state import State
    from groundpass.kernel.engine.case import Track
    from groundpass.kernel.engine.reports import Report

Texts = dict[str, str]  # language → text
Told = tuple[str, dict[str, object]]  # the word of a finding, what fills its braces


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it asked, what it found, the clause that it rests on, whether it decided."""

    number: int
    condition: Texts
    outcome: Texts
    clause: str
    decided: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision and the steps that led to it, the deciding one last."""

    decision: Decision
    steps: tuple[Step, ...]

    def text(self, language: str = "en") -> str:
        """The explanation as lines for a person."""
        decision = self.decision
        lines = [
            f"{decision.verdict.name} {decision.reason.name}",
            sentence(decision.reason, decision.verdict, language),
        ]
        lines += [flag_sentence(Flag[name], language) for name in flag_names(decision.flags)]
        for step in self.steps:
            clause = f" [{step.clause}]" if step.clause else ""
            lines.append(f"{step.number}. {step.condition[language]} {step.outcome[language]}{clause}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The explanation as values that JSON can hold."""
        decision = self.decision
        until = decision.valid_until_ns
        return {
            "verdict": decision.verdict.name,
            "reason": decision.reason.name,
            "flags": flag_names(decision.flags),
            "territory": decision.territory or None,
            "release": decision.serial,
            "block_serial": decision.block_serial,
            "valid_until": None if until == NEVER else show_ns(until),
            "sentence": {
                language: sentence(decision.reason, decision.verdict, language) for language in LANGUAGES
            },
            "steps": [
                {
                    "number": step.number,
                    "condition": step.condition,
                    "outcome": step.outcome,
                    "clause": step.clause,
                    "decided": step.decided,
                }
                for step in self.steps
            ],
        }


def explain(
    state: State, report: Report, *, now_ns: int, blocks: Blocks | None = None, track: Track | None = None
) -> Explanation:
    """Decide one report as `decide_one` does, and tell how."""
    case = Case(state, report, now_ns, blocks or Blocks.none(), track)
    last, outcome = first(case)
    steps = tuple(_step(number, case, decided=number == last) for number in range(1, last + 1))
    return Explanation(conclude(case, outcome), steps)


def _step(number: int, case: Case, *, decided: bool) -> Step:
    """Tell one step."""
    word, values = TELLERS[number - 1](case)
    words = _texts()[str(number)]
    values |= {"territory": case.governing.name if case.governing else "", "profile": case.choice.profile}
    return Step(
        number=number,
        condition={language: words["asks"][language].format(**values) for language in LANGUAGES},
        outcome={language: words[word][language].format(**values) for language in LANGUAGES},
        clause=str(values.get("clause", "")),
        decided=decided,
    )


@cache
def _texts() -> dict[str, dict[str, Texts]]:
    """Read `steps.toml` once."""
    text = resources.files("groundpass.kernel.engine").joinpath("steps.toml").read_text("utf-8")
    return tomllib.loads(text)


def _dates(interval: Interval) -> str:
    """Both ends of an interval."""
    return f"{show_time(interval.start)}/{show_time(interval.end)}"


def show_ns(moment_ns: int) -> str:
    """UTC ns as ISO 8601, with a fraction only where there is one."""
    if moment_ns == NO_TIME:
        return "-"
    second, fraction = divmod(moment_ns, NS)
    shown = show_time(second)
    return f"{shown.removesuffix('Z')}.{fraction:09d}Z" if fraction and shown.endswith("Z") else shown


def _tell_1(case: Case) -> Told:
    until = case.blocked_until
    if until is None:
        return "free", {}
    word = "blocked" if STEPS[0](case) else "elsewhere"
    return word, {"until": show_time(until), "clause": f"block list {case.blocks.serial}"}


def _tell_2(case: Case) -> Told:
    report = case.report
    if not case.located:
        return "nowhere", {}
    if not case.timely:
        return "untimed" if report.time_ns == NO_TIME else "ahead", {"time": show_ns(report.time_ns)}
    if case.shape is None:
        place = report.country
    elif case.by_cell:
        place = f"{report.cell:x}"
    else:
        place = f"{report.lat:.6f}, {report.lon:.6f}"
    return "located", {"place": place, "time": show_ns(report.time_ns)}


def _tell_3(case: Case) -> Told:
    governing, here = case.governing, case.here
    values: dict[str, object] = {"here": here.name if here else "", "settle": here.settle if here else 1}
    if governing is None:
        if here is not None:
            return "arriving", values
        return "unsure" if case.uncertain else "outside", {}
    values["clause"] = f"{governing.id}, {_dates(governing.effective)}"
    if here is not governing:
        return "settling", values
    return "uncertain" if case.uncertain else "governed", values


def _tell_4(case: Case) -> Told:
    entry = case.entry
    values: dict[str, object] = {}
    if entry is not None:
        start, end = show_time(entry.valid_from), show_time(entry.valid_until)
        values = {"start": start, "end": end, "clause": _dates(Interval(entry.valid_from, entry.valid_until))}
    if case.abandoned:
        return "abandoned", values
    if entry is None:
        return "unlisted", values
    if case.choice.grace:
        over = entry.valid_until + case.grace
        return "grace" if case.moment < over else "held", values | {"over": show_time(over)}
    words = {Reason.LISTED: "listed", Reason.NOT_YET_VALID: "early", Reason.EXPIRED: "expired"}
    return words[case.choice.reason], values


def _tell_5(case: Case) -> Told:
    rule = case.rule
    if rule is None:
        return "none", {}
    dates = _dates(rule.effective)
    return rule.action.name.lower(), {"clause": f"{rule.territory}/{rule.profile}, {dates}"}


def _tell_6(case: Case) -> Told:
    if case.rule is None or case.rule.permitted is None:
        return "anywhere", {}
    if not case.rule.permitted:
        return "never", {}
    names = {territory.id: territory.name for territory in case.state.territories}
    area = ", ".join(names[name] for name in case.rule.permitted)
    return "astray" if STEPS[5](case) else "here", {"area": area, "clause": " ".join(case.rule.permitted)}


def _tell_7(case: Case) -> Told:
    if case.rule is None or case.rule.speed_cap is None:
        return "uncapped", {}
    values: dict[str, object] = {"cap": f"{case.rule.speed_cap:g}"}
    if case.track is None:
        return "unknown", values
    return "fast" if STEPS[6](case) else "slow", values


def _tell_8(case: Case) -> Told:
    del case
    return "nothing", {}


TELLERS = (_tell_1, _tell_2, _tell_3, _tell_4, _tell_5, _tell_6, _tell_7, _tell_8)
