"""The targets of `targets.toml` against what a run reached."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from measuring import Book

FILE = Path(__file__).parent / "targets.toml"


@dataclass(frozen=True)
class Reached:
    """One target, and the worst of its figures; `reached` None where there is none, and why.

    partly: figures of it that this run does not have.
    """

    title: str
    hold: float
    aim: float
    better: str
    unit: str
    reached: float | None
    where: str
    absent: str
    partly: tuple[str, ...]

    @property
    def held(self) -> bool | None:
        """Whether it holds; None where nothing was measured."""
        return self._at_least(self.hold)

    @property
    def aimed(self) -> bool | None:
        """Whether it is as good as we would like."""
        return self._at_least(self.aim)

    def _at_least(self, line: float) -> bool | None:
        if self.reached is None:
            return None
        return self.reached <= line if self.better == "lower" else self.reached >= line


def reach(book: Book) -> list[Reached]:
    """Every target with what this run reached."""
    return [_reached(book, table) for table in tomllib.loads(FILE.read_text("utf-8"))["target"]]


def _reached(book: Book, table: dict[str, Any]) -> Reached:
    """One of them."""
    names = [str(name) for name in table["of"]]
    better = str(table.get("better", "higher"))
    figures = {name: value for name in names if (value := _figure(book, name)) is not None}
    worst = (max if better == "lower" else min)(figures, key=lambda name: figures[name], default="")
    gone = tuple(name for name in names if name not in figures)
    return Reached(
        title=str(table["title"]),
        hold=float(table["hold"]),
        aim=float(table["aim"]),
        better=better,
        unit=str(table.get("unit", "x")),
        reached=figures.get(worst),
        where=worst,
        absent="" if figures else book.missing.get(names[0], "not measured in this run"),
        partly=gone if figures else (),
    )


def _figure(book: Book, name: str) -> float | None:
    """A ratio, or a measure, or how many answers differed."""
    if name == "mismatches":
        return float(book.mismatches) if book.checked else None
    if name in book.ratios:
        return book.ratios[name].value
    measure = book.measures.get(name)
    return measure.value if measure else None
