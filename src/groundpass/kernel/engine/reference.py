"""The decision, in plain Python: the meaning of a verdict. Every fast path must agree with it on every row.

The first step that gives a verdict wins; each is a function here, STEPS is their order:

1. an unexpired block entry names it, and the position is in an effective territory or missing: BLOCKED
2. no position and nothing that stands in for it, or no usable time: UNLOCATED
3. no effective territory contains the position: OUTSIDE
4. choose the profile: the entry's within its validity or its grace, else *unlisted*; past hold, `after_hold`
   speaks for the unlisted; else it gives no verdict
5. the rule for (governing territory, profile) is deny: PROFILE_DENIED, or the reason of step 4
6. the profile is permitted only in territories of which none contains the position: OUT_OF_AREA
7. the rule has a cap and the track is too fast for it: TOO_FAST
8. otherwise: LISTED, or the reason of step 4

Readings, where the rules leave one open:

- *Usable time*: there, and not later than `now` + skew. Validity, rules and territories are taken at the
  report's time; step 1 alone may meet an unusable time, and takes `now` in its place.
- *Listed*, in step 2: an entry names the terminal. *Others*, past `hold`: whom step 4 takes for unlisted.
- *Past* alarm or hold: from that second on. HELD is set on every verdict from then on.
- Where no rule is in force nothing is denied, and grace is the default of a rule.
- A shape is wholly within one governing territory when the highest effective territory that it touches covers
  it. Which territories contain a straddling shape is each one's `when_uncertain`, in step 6 as in step 3.
- A country code alone places a terminal in the effective territories of that country; finer ones cannot be
  told, so BORDER_UNCERTAIN is set.
- Of territories with one precedence the first of the release governs.
- *Settling* is about which territory governs (steps 3 to 8). Whether a position lies in an effective
  territory (step 1), in a permitted one (step 6), or near a line (BORDER_UNCERTAIN) it tells by itself.
- SPOOF_SUSPECTED and CLONE_SUSPECTED are set whatever the verdict, but for UNLOCATED.
- `valid_until`: until when an operator may go on applying the verdict to a terminal that stays where it is.
  The earliest of the edges after the report's time of: every territory that contains the position, effective
  or not; the rules of the governing one for the profiles in question; the entry and its grace; and of those
  after `now`: the block's expiry, the alarm where it would bring an expired entry back, hold where
  `after_hold` would apply, the moment when a time that is too late is so no more. It may lie before `now`: a
  report of this morning, a rule that changed at noon. NEVER where nothing that is known could change it.
  Flags may change before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.intervals import NEVER, NO_TIME, NS
from groundpass.kernel.core.state import Blocks, State
from groundpass.kernel.core.verdicts import UNLISTED, Action, Flag, Reason, Verdict
from groundpass.kernel.engine.case import Case, Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from groundpass.kernel.engine.reports import Report

Outcome = tuple[Verdict, Reason]


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and all that it carries. `territory`: the governing one's id, or ""."""

    verdict: Verdict
    reason: Reason
    flags: Flag
    territory: str
    serial: int
    block_serial: int
    valid_until_ns: int


def step_1(case: Case) -> Outcome | None:
    """The terminal is blocked."""
    if case.blocked_until is not None and (case.here is not None or not case.located):
        return Verdict.DENY, Reason.BLOCKED
    return None


def step_2(case: Case) -> Outcome | None:
    """The terminal cannot be located, or not in time."""
    if case.located and case.timely:
        return None
    state = case.state
    return state.unlocated_listed if case.entry else state.unlocated_others, Reason.UNLOCATED


def step_3(case: Case) -> Outcome | None:
    """The terminal is in no territory of this register."""
    return (Verdict.UNGOVERNED, Reason.OUTSIDE) if case.governing is None else None


def step_4(case: Case) -> Outcome | None:
    """The profile is chosen; past hold, `after_hold` may speak for those who are not listed."""
    if case.abandoned and case.state.after_hold_others is not None:
        return case.state.after_hold_others, case.choice.reason
    return None


def step_5(case: Case) -> Outcome | None:
    """The profile is denied here."""
    if case.rule is None or case.rule.action is not Action.DENY:
        return None
    listed = case.choice.profile != UNLISTED
    return Verdict.DENY, Reason.PROFILE_DENIED if listed else case.choice.reason


def step_6(case: Case) -> Outcome | None:
    """The profile is permitted elsewhere only."""
    if case.rule is None or case.rule.permitted is None:
        return None
    here = {territory.id for territory in case.inside}
    return None if here & set(case.rule.permitted) else (Verdict.DENY, Reason.OUT_OF_AREA)


def step_7(case: Case) -> Outcome | None:
    """The terminal is too fast for its cap."""
    if case.rule is None or case.rule.speed_cap is None or case.track is None:
        return None
    return (Verdict.DENY, Reason.TOO_FAST) if case.track.too_fast(case.rule) else None


def step_8(case: Case) -> Outcome | None:
    """Nothing denies it."""
    return Verdict.ALLOW, case.choice.reason


STEPS: Final[tuple[Callable[[Case], Outcome | None], ...]] = (
    step_1,
    step_2,
    step_3,
    step_4,
    step_5,
    step_6,
    step_7,
    step_8,
)


def decide_one(
    state: State,
    report: Report,
    *,
    now_ns: int,
    blocks: Blocks | None = None,
    track: Track | None = None,
) -> Decision:
    """Decide one report.

    Args:
        state: the release.
        report: the report.
        now_ns: UTC ns; skew, staleness and block expiry use it, nothing else.
        blocks: the emergency block list, where one was received.
        track: the terminal's movement; without it no terminal is too fast.
    """
    case = Case(state, report, now_ns, blocks or Blocks.none(), track)
    return conclude(case, first(case)[1])


def first(case: Case) -> tuple[int, Outcome]:
    """The number of the first step that gives a verdict, and the verdict."""
    for number, step in enumerate(STEPS, 1):
        outcome = step(case)
        if outcome is not None:
            return number, outcome
    raise AssertionError("step 8 always gives a verdict")


def conclude(case: Case, outcome: Outcome) -> Decision:
    """All that goes with a verdict."""
    verdict, reason = outcome
    governing = case.here if reason is Reason.BLOCKED else case.governing
    if reason is Reason.UNLOCATED:
        governing = None
    return Decision(
        verdict=verdict,
        reason=reason,
        flags=flags_of(case, outcome),
        territory=governing.id if governing else "",
        serial=case.state.serial,
        block_serial=case.blocks.serial,
        valid_until_ns=min(edges_of(case, reason), default=NEVER),
    )


def flags_of(case: Case, outcome: Outcome) -> Flag:
    """What is said beside a verdict."""
    verdict, reason = outcome
    flags = Flag.HELD if case.held else Flag(0)
    if reason is Reason.UNLOCATED:
        return flags
    if case.uncertain:
        flags |= Flag.BORDER_UNCERTAIN
    flags |= suspicions_of(case)
    if reason in {Reason.BLOCKED, Reason.OUTSIDE}:
        return flags
    if case.choice.grace:
        flags |= Flag.GRACE
    if verdict is Verdict.ALLOW and case.rule and case.rule.action is Action.WATCH and not case.abandoned:
        flags |= Flag.WATCH
    return flags


def suspicions_of(case: Case) -> Flag:
    """What the track says of the terminal's positions."""
    if case.track is None:
        return Flag(0)
    spoofed = Flag.SPOOF_SUSPECTED if case.track.spoofed else Flag(0)
    return spoofed | (Flag.CLONE_SUSPECTED if case.track.cloned else Flag(0))


def edges_of(case: Case, reason: Reason) -> Iterator[int]:
    """The moments, UTC ns, at which a verdict could change (`valid_until`, above)."""
    for second in law_edges_of(case, reason):
        if second > case.moment and second * NS < NEVER:
            yield second * NS
    for moment_ns in clock_edges_of(case, reason):
        if case.now_ns < moment_ns < NEVER:
            yield moment_ns


def law_edges_of(case: Case, reason: Reason) -> Iterator[int]:
    """Edges of territories, rules and the entry, UTC seconds; those that are past are among them."""
    if reason is Reason.UNLOCATED:
        return
    for territory in case.containing:
        yield from (territory.effective.start, territory.effective.end)
    if reason in {Reason.BLOCKED, Reason.OUTSIDE}:
        return
    profiles = {case.choice.profile, case.entry.profile if case.entry else UNLISTED}
    for profile in profiles:
        for rule in case.rules_for(profile):
            yield from (rule.effective.start, rule.effective.end)
    if case.entry:
        yield from (case.entry.valid_from, case.entry.valid_until, case.entry.valid_until + case.grace)


def clock_edges_of(case: Case, reason: Reason) -> Iterator[int]:
    """Moments, UTC ns, at which the passing of time alone changes what is known."""
    state, report = case.state, case.report
    if reason is Reason.BLOCKED and case.blocked_until is not None:
        yield case.blocked_until * NS
    if reason is Reason.UNLOCATED and case.located and report.time_ns != NO_TIME:
        yield report.time_ns - case.skew * NS
    if reason in {Reason.BLOCKED, Reason.UNLOCATED, Reason.OUTSIDE}:
        return
    if case.choice.reason is Reason.EXPIRED and case.valid_at_issue:
        yield (state.issued + state.timers.alarm) * NS
    if case.choice.profile == UNLISTED and state.after_hold_others is not None:
        yield (state.issued + state.timers.hold) * NS
