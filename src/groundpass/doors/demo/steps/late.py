"""A holder comes after the list closed: how long from the reviewer's approval to another verdict?

Nothing of it is simulated but the people and the terminal: the clock is the machine's own, from the approval
through build, assessment, signatures, files and sync to the verdict at the operator.
"""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundpass.authority.register.api import Registration
from groundpass.doors.demo.steps.counter import register_now
from groundpass.doors.demo.steps.operate import take
from groundpass.doors.demo.steps.publish import Published, make_public
from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import NS
from groundpass.operator.api import decide_file

if TYPE_CHECKING:
    from groundpass.authority.publication.api import Feed
    from groundpass.doors.demo.cast import Cast
    from groundpass.doors.demo.fleet import StoryFleet
    from groundpass.doors.demo.people import People
    from groundpass.doors.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class LateRegistration:
    """Verdict and reason before and after, and the seconds in between."""

    terminal: str
    before: tuple[str, str]
    after: tuple[str, str]
    registration: Registration
    published: Published
    seconds_to_enforce: float


def register_late(
    feed: Feed, stage: Stage, cast: Cast, fleet: StoryFleet, people: People
) -> LateRegistration:
    """Register a terminal that is denied, and see its verdict change.

    Raises CannotRun where it does not: the road is broken then.
    """
    terminal = fleet.terminal[fleet.late]
    before = _ask(stage, fleet)
    started = time.perf_counter()
    registration = register_now(terminal, cast, people, now=int(time.time()))
    published = make_public(feed, stage, cast, now=int(time.time()))
    take(stage, now=int(time.time()))
    after = _ask(stage, fleet)
    seconds = time.perf_counter() - started
    if before[0] != "DENY" or after[0] != "ALLOW":
        raise CannotRun(
            "A late registration did not change the verdict",
            why=f"{terminal} was {' '.join(before)} before and {' '.join(after)} after",
            todo="The story cannot go on: report this",
        )
    return LateRegistration(terminal, before, after, registration, published, seconds)


def _ask(stage: Stage, fleet: StoryFleet) -> tuple[str, str]:
    """The terminal reports from home, now; give what the operator decides: verdict and reason."""
    truth, now_ns = fleet.fleet.truth, time.time_ns()
    seconds, rest = divmod(now_ns, NS)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:09d}Z"
    place = [str(truth[name][fleet.late].as_py()) for name in ("lat", "lon")]
    asked, told = stage.file("late-report.csv"), stage.file("late-verdict.csv")
    with asked.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["terminal", "time", "lat", "lon"], [fleet.terminal[fleet.late], moment, *place]]
        )
    decide_file(asked, told, store=stage.store, now_ns=now_ns)
    with told.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    return row["verdict"], row["reason"]
