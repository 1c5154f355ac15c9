"""What the groups share: a plan, a country, and releases made ready, kept until the next is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import fields
import ours
from plans import Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundpass.kernel.core.state import State
    from groundpass.kernel.engine import Reports

Made = TypeVar("Made")
NAMES = {"U": "uniform", "C": "city-like", "B": "border-heavy"}


def label(entries: int) -> str:
    """A list's size in the keys of figures: 250k, 10m."""
    return f"{entries // 10**6}m" if entries >= 10**6 else f"{entries // 1000}k"


@dataclass(frozen=True, eq=False)
class Setting:
    """One run's ground."""

    plan: Plan
    border: Path | None = None
    made: dict[str, tuple[int, object]] = field(default_factory=dict)

    @cached_property
    def many(self) -> fields.Field:
        """The country and its zones."""
        return fields.field(border=self.border)

    @cached_property
    def lone(self) -> fields.Field:
        """The country alone."""
        return fields.field(0, border=self.border)

    def place(self, territories: int) -> fields.Field:
        """The field of one territory, or of all."""
        return self.lone if territories == 1 else self.many

    def state(self, entries: int) -> State:
        """A release in all territories."""
        return self._kept("state", entries, lambda: fields.release(self.many, entries))

    def engine(self, entries: int) -> ours.Engine:
        """It made ready."""
        return self._kept("engine", entries, lambda: ours.Engine(self.state(entries), fields.NOW))

    def batch(self, entries: int) -> Reports:
        """City-like reports for it."""
        return self._kept(
            "batch", entries, lambda: fields.reports(self.state(entries), self.many, "C", self.plan.rows)
        )

    def _kept(self, name: str, entries: int, make: Callable[[], Made]) -> Made:
        """What was made last under that name, while it is asked for the same list."""
        held = self.made.get(name)
        if held is None or held[0] != entries:
            self.made.pop(name, None)  # a list of ten million is large: the old one goes first
            held = self.made[name] = (entries, make())
        return cast("Made", held[1])
