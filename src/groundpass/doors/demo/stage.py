"""Where the story keeps its files, and what it was asked to be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from groundpass.doors.demo.clock import StoryClock
from groundpass.kernel.core.errors import BadInput

FEWEST = 200  # terminals: fewer have no train, no drone and nobody who is wrongly cut


@dataclass(frozen=True, slots=True)
class Stage:
    """The story's own folder under GROUNDPASS_HOME, its clock, the size and seed of its fleet."""

    home: Path
    clock: StoryClock
    terminals: int = 20_000
    seed: int = 20_260_205

    def __post_init__(self) -> None:
        if self.terminals < FEWEST:
            raise BadInput(
                f"A fleet of {self.terminals} is too small for the story",
                todo=f"Give at least {FEWEST} terminals",
            )

    @property
    def folder(self) -> Path:
        """Everything of the story that is neither the register nor the feed."""
        return self.home / "demo"

    @property
    def store(self) -> Path:
        """The operator's store."""
        return self.folder / "operator" / "store"

    @property
    def operator_keys(self) -> Path:
        """The operator's keys."""
        return self.folder / "operator" / "keys"

    @property
    def offline_keys(self) -> Path:
        """The five root keys, which a real authority keeps apart from each other and from every machine."""
        return self.folder / "offline-keys"

    def file(self, name: str) -> Path:
        """A file of the story."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / name
