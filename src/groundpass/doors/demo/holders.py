"""Who holds which terminal of the invented fleet, and the list that companies and counters hand in.

The list has the columns of `groundpass register import`. Quotas are kept: a person holds one terminal unseen
or up to three shown, a company up to ten, a railway and an ambulance service (critically important) as many
as they need.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from groundpass.doors.demo.people import People

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np

    from groundpass.doors.demo.fleet import Terminal

COLUMNS: Final = (
    "terminal", "holder_class", "tax_id", "name", "usage_class", "shown", "document_type", "document_last",
)  # fmt: skip
COMPANY: Final = 10  # terminals of a legal entity, at most
CRITICAL: Final = 50  # terminals of each railway or ambulance service of the story
HOLDER_CLASS: Final = {
    "van": "company",
    "boat": "company",
    "aircraft": "company",
    "train": "critical_company",
    "ambulance": "critical_company",
}
SHOWN: Final = 0.5  # share of lone terminals that somebody at a counter saw
PROPRIETORS: Final = 0.1  # share of people who trade in their own name
CARDS: Final = 0.6  # share of people with a card instead of a booklet
ONE_EACH: Final = (0.85, 0.11, 0.04)  # share of people with one, two and three terminals


@dataclass(frozen=True, slots=True)
class Holder:
    """Who stands behind some terminals; documents are those of people."""

    holder_class: str
    name: str
    tax_id: str
    document_type: str = ""
    document_last: str = ""


def write_list(path: Path, terminals: Sequence[Terminal], rng: np.random.Generator) -> int:
    """Write the list as CSV, a line a terminal. Gives how many lines it has."""
    people = People(rng)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for platform in dict.fromkeys(terminal.platform for terminal in terminals):
            of_platform = [terminal for terminal in terminals if terminal.platform == platform]
            writer.writerows(_lines(HOLDER_CLASS.get(platform, "person"), of_platform, people, rng))
    return len(terminals)


def _lines(
    kind: str, terminals: Sequence[Terminal], people: People, rng: np.random.Generator
) -> Iterator[tuple[str, ...]]:
    """The lines of one platform: terminals in groups, a holder each."""
    for group in _groups(kind, terminals, rng):
        holder = _holder(kind, people, rng)
        shown = len(group) > 1 or bool(rng.random() < SHOWN)
        for terminal in group:
            yield (
                terminal.written, holder.holder_class, holder.tax_id, holder.name, terminal.usage_class,
                "yes" if shown else "no", holder.document_type, holder.document_last,
            )  # fmt: skip


def _groups(
    kind: str, terminals: Sequence[Terminal], rng: np.random.Generator
) -> Iterator[Sequence[Terminal]]:
    """Cut a platform's terminals into the holdings of one holder each."""
    start = 0
    while start < len(terminals):
        match kind:
            case "person":
                size = 1 + int(rng.choice(len(ONE_EACH), p=ONE_EACH))
            case "company":
                size = int(rng.integers(1, COMPANY + 1))
            case _:
                size = CRITICAL
        yield terminals[start : start + size]
        start += size


def _holder(kind: str, people: People, rng: np.random.Generator) -> Holder:
    """Invent who holds them."""
    if kind != "person":
        name, code = people.company()
        return Holder(kind, name, code)
    name, number = people.person()
    holder_class = "sole_proprietor" if rng.random() < PROPRIETORS else "person"
    document = "id_card" if rng.random() < CARDS else "passport"
    return Holder(holder_class, name, number, document, f"{rng.integers(10_000):04d}")
