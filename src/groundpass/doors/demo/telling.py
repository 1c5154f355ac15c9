"""How the story is told: whoever listens gives a `Teller`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    Tell = Callable[[int, int | None], None]


class Teller(Protocol):
    """Says what happens."""

    def step(self, title: str) -> None:
        """A new act begins."""
        ...

    def say(self, text: str) -> None:
        """A sentence of the act."""
        ...

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Figures."""
        ...

    def progress(self, label: str) -> AbstractContextManager[Tell]:
        """A long act: the block is given a function to call with what is done and how much there is."""
        ...


class Silent:
    """Says nothing."""

    def step(self, title: str) -> None:
        """Keep silent."""

    def say(self, text: str) -> None:
        """Keep silent."""

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Keep silent."""

    @contextlib.contextmanager
    def progress(self, label: str) -> Iterator[Tell]:  # noqa: ARG002 - nobody is told
        """Keep silent."""
        yield lambda _done, _total: None
