"""The brake: how many people have to agree to a release, by the service that it takes away.

1. Counted over a rolling 24 h: everybody who lost service in a release signed since then, by whatever cause,
   and everybody who would lose it now. Giving back does not refund: a flapping list is counted too.
2. A loss is counted against who agreed to the release that took it: what two people agreed to is free for two
   people and counts towards the offline keys; what the offline keys agreed to is free.
3. The list of 24 h ago is compared as well; what it shows beyond the steps since then nobody agreed to.
4. | | needs |
   |---|---|
   | losing ≤ max(10, 0.1 %), no protected holder | nothing more |
   | above that, or any protected holder | two people |
   | above max(100, 1 %) | offline keys, 3 of 5 |
   | additions above max(1,000, 5 %) in 24 h | two people |
   Percentages are of the list of 24 h ago, or of nothing where there was none.
5. Without telemetry nobody knows how many unlisted terminals are active: then whatever newly denies a profile
   needs the offline keys. So does whatever caps its speed harder: nobody knows beforehand whom that stops.
6. A protected holder always needs two people, the offline keys do not replace them.
"""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from groundpass.authority.publication.domain.impact import Effect
from groundpass.kernel.core.state import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable

Keys = npt.NDArray[np.uint64]

WINDOW: Final = DAY  # seconds
FREE: Final = (10, 0.001)  # terminals, share of the list
FREE_OF_KEYS: Final = (100, 0.01)
FREE_ADDITIONS: Final = (1_000, 0.05)
PEOPLE: Final = 2
THRESHOLD: Final = 3  # of the five offline keys


class Level(enum.IntEnum):
    """Who has to agree, or has agreed."""

    NONE = 0
    TWO_PEOPLE = 1
    OFFLINE_KEYS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A release signed within the window: who lost service by it, and who agreed to that."""

    level: Level
    losers: Keys


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("causes.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why somebody has to agree: a sentence of `causes.toml`, with what stands in it."""

    kind: str
    level: Level
    count: int = 0
    bound: int = 0
    names: tuple[str, ...] = ()

    def sentence(self, language: str = "en") -> str:
        """Say it. Raises KeyError for a language that is not in LANGUAGES."""
        return _sentences()[self.kind][language].format(
            count=self.count, bound=self.bound, names=", ".join(self.names)
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """What a release needs, and why."""

    level: Level
    two_people: bool
    causes: tuple[Cause, ...]

    @property
    def name(self) -> str:
        """`none`, `two_people` or `offline_keys`."""
        return self.level.name.lower()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Everything that the brake judges by.

    step: against the release signed before · day: against the list of 24 h ago · history: since then
    base: terminals on the list of 24 h ago · added: not on it and not yet agreed to
    protected: keys of protected holders · telemetry: whether activity is known.
    """

    step: Effect
    day: Effect
    history: Sequence[Step]
    base: int
    added: int
    protected: Keys
    telemetry: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The numbers and what follows from them. Counts of terminals."""

    losing: int  # by this release
    counted_for_people: int  # over the day, agreed to by nobody
    counted_for_keys: int  # over the day, not agreed to by the offline keys
    protected: int
    added: int
    base: int
    demand: Demand

    @property
    def bounds(self) -> tuple[int, int, int]:
        """Above which losses need two people and the offline keys, and above which additions need people."""
        people, keys, added = (allowance(bound, self.base) for bound in (FREE, FREE_OF_KEYS, FREE_ADDITIONS))
        return people, keys, added


def allowance(bound: tuple[int, float], base: int) -> int:
    """`max(n, share of the list)`, in whole terminals, rounded down."""
    return max(bound[0], int(bound[1] * base))


def judge(question: Question) -> Judgement:
    """Say what a release needs. Pure: the same question, the same answer."""
    known = _union(step.losers for step in question.history)
    losing = np.union1d(question.step.keys, np.setdiff1d(question.day.keys, known, assume_unique=True))
    free = _union(step.losers for step in question.history if step.level == Level.NONE)
    unkeyed = _union(step.losers for step in question.history if step.level != Level.OFFLINE_KEYS)
    people = len(np.union1d(losing, free))
    keys = len(np.union1d(losing, unkeyed))
    protected = len(np.intersect1d(losing, question.protected))
    needed = _needed(question, losing=len(losing), people=people, keys=keys, protected=protected)
    level = max((cause.level for cause in needed), default=Level.NONE)
    demand = Demand(level, protected > 0 or level == Level.TWO_PEOPLE, tuple(needed))
    return Judgement(len(losing), people, keys, protected, question.added, question.base, demand)


def _union(columns: Iterable[Keys]) -> Keys:
    joined: Keys = np.unique(np.concatenate([np.empty(0, np.uint64), *columns]))
    return joined


def _needed(question: Question, *, losing: int, people: int, keys: int, protected: int) -> list[Cause]:
    """Every cause. A release that takes nothing needs nobody for what earlier ones took."""
    causes = []
    if losing and keys > (bound := allowance(FREE_OF_KEYS, question.base)):
        causes.append(Cause("losing", Level.OFFLINE_KEYS, keys, bound))
    elif losing and people > (bound := allowance(FREE, question.base)):
        causes.append(Cause("losing", Level.TWO_PEOPLE, people, bound))
    for kind, taking in (("unknown", True), ("speed", False)):
        names = {f"{one.before} ({one.now})" for one in question.step.hardened if one.takes == taking}
        if names and not (taking and question.telemetry):
            causes.append(Cause(kind, Level.OFFLINE_KEYS, names=tuple(sorted(names))))
    if protected:
        causes.append(Cause("protected", Level.TWO_PEOPLE, protected))
    if question.added > (bound := allowance(FREE_ADDITIONS, question.base)):
        causes.append(Cause("added", Level.TWO_PEOPLE, question.added, bound))
    return causes
