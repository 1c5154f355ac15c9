"""The ratios of a run against those kept in `results/baseline.json`, for the same profile.

1. A ratio is lost when it is more than LOSS worse than the kept one. Rates are never compared: they are the
   machine's; and even ratios of two processors differ, so another processor is said.
2. What seems lost is measured once more; of two tries the better one counts.
3. A ratio that is kept and that this run does not have is said with its reason; it is no loss, for a peer may
   be missing here.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measuring import Ratio
from rich.table import Table
from table import amount

if TYPE_CHECKING:
    from measuring import Book
    from rich.console import Console

FILE = Path(__file__).parent / "results" / "baseline.json"
LOSS = 0.15
NAMED = ("cpu", "cores", "commit", "python")  # of the machine that the kept ratios are of


@dataclass(frozen=True)
class Compared:
    """One ratio then and now; worse: by which share, below zero where it is better."""

    now: Ratio
    kept: float

    @property
    def worse(self) -> float:
        """The share that was lost."""
        good = self.now.value / self.kept if self.kept else 1.0
        return 1 - (1 / good if self.now.better == "lower" else good)

    @property
    def lost(self) -> bool:
        """Whether it is too much."""
        return self.worse > LOSS


def compare(book: Book, kept: dict[str, Any]) -> list[Compared]:
    """Every ratio that both have."""
    both = [ratio for key, ratio in book.ratios.items() if key in kept]
    return [Compared(ratio, float(kept[ratio.key]["value"])) for ratio in both]


def better_of(one: Ratio, other: Ratio | None) -> Ratio:
    """The better of two tries."""
    if other is None:
        return one
    return (min if one.better == "lower" else max)(one, other, key=lambda ratio: ratio.value)


def load(profile: str) -> dict[str, Any]:
    """What is kept of a profile: `machine` and `ratios`; empty where nothing is."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return dict(found.get(profile, {}))


def keep(book: Book, profile: str, about: dict[str, object]) -> None:
    """Keep the ratios of this run; those that it did not measure stay as they are."""
    whole: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    ratios = whole.get(profile, {}).get("ratios", {})
    for ratio in book.ratios.values():
        ratios[ratio.key] = {name: asdict(ratio)[name] for name in ("value", "better", "what")}
        ratios[ratio.key]["value"] = float(f"{ratio.value:.4g}")
    machine = {name: about[name] for name in NAMED}
    whole[profile] = {"machine": machine, "ratios": dict(sorted(ratios.items()))}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")


def show(console: Console, book: Book, compared: list[Compared], kept: dict[str, Any]) -> None:
    """Then and now, and what could not be compared."""
    table = Table(title="Ratios against the kept ones", title_justify="left")
    table.add_column("ratio")
    for name in ("kept", "now", "change"):
        table.add_column(name, justify="right")
    for one in compared:
        figures = [amount(value, one.now.unit) for value in (one.kept, one.now.value)]
        what = f"{one.now.what} ({one.now.key})"
        table.add_row(what, *figures, f"{-one.worse:+.0%}", style="bold red" if one.lost else "")
    console.print(table)
    for key in sorted(set(kept) & set(book.missing)):
        console.print(f"not compared: {key}: {book.missing[key]}", highlight=False)
    for one in compared:
        if one.lost:
            figures = f"{amount(one.now.value, one.now.unit)}, kept {amount(one.kept, one.now.unit)}"
            line = f"{one.now.key}: {one.now.what}: {figures}, {one.worse:.0%} worse"
            console.print(f"[bold red]LOST[/bold red] {line}", highlight=False)
