"""The story as a person follows it on a terminal or in a file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from groundpass.doors.cli.output import console, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from groundpass.doors.cli.output import Progress


class Terminal:
    """Tells each act with its number and the seconds so far."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._acts = 0

    def step(self, title: str) -> None:
        """A new act begins."""
        self._acts += 1
        spent = time.perf_counter() - self._started
        console().print(f"\n[bold]{self._acts}. {title}[/bold]  [dim]{spent:.1f} s[/dim]")

    def say(self, text: str) -> None:
        """A sentence, or lines, of the act."""
        console().print(text, markup=False, soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Figures."""
        print_table(title, columns, rows, numbers=columns[1:])

    def progress(self, label: str) -> AbstractContextManager[Progress]:
        """A bar while the act runs."""
        return progress(label)
