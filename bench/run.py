"""`make bench` and `make bench-check`: our engine, its peers and the machine's own bounds in one run.

Absolute rates drift with the machine and its neighbours; what counts is the ratio of two figures of one run.
Results go to `bench/results/`, with a picture. `--check` compares the ratios with those of
`bench/results/baseline.json` and fails, exit code 1, when one has lost more than 15 %; a part that seems to
have lost is measured again first. `--keep` writes that file anew.

    python bench/run.py [--quick] [--only WORD …] [--runs N] [--border FILE] [--check | --keep]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import comparing
import machine
import plans
import table
import targets
from groups import contest, decision, fleet, movement, opening, places, single, sizes, texts
from measuring import Book
from rich.console import Console
from settings import Setting, label
from workers import PYTHON

from groundpass.kernel.core.errors import GroundpassError as Fault

RESULTS = Path(__file__).parent / "results"
BUSY = 0.5  # load above which somebody else is running
# What a group may die of: a name that moved, a wrong answer, a disk that is full.
FAULTS = (AssertionError, AttributeError, ImportError, KeyError, OSError, TypeError, ValueError, Fault)


@dataclass(frozen=True)
class Group:
    """What is measured together: a name, and how."""

    name: str
    measure: Callable[[Book, Setting], None]


def groups(plan: plans.Plan) -> list[Group]:
    """All of them, in an order in which each list is made once."""
    found = [Group("places", places.measure)]
    for entries in plan.lists:
        name = label(entries)
        found.append(Group(f"decision/{name}", partial(decision.measure, entries=entries)))
        if entries in plan.contest:
            found.append(Group(f"contest/{name}", partial(contest.measure, entries=entries)))
        if entries == single.ENTRIES:
            found.append(Group("single", single.measure))
        if entries in plan.sized:
            found.append(Group(f"sizes/{name}", partial(sizes.measure, entries=entries)))
        found.append(Group(f"build/{name}", partial(opening.measure_build, entries=entries)))
        if entries in plan.opened:
            found.append(Group(f"opening/{name}", partial(opening.measure, entries=entries)))
    return [
        *found,
        Group("texts", texts.measure),
        Group("movement", movement.measure),
        Group("fleet", fleet.measure),
        Group("serving", fleet.measure_serving),
    ]


def measure(book: Book, setting: Setting, chosen: list[Group], console: Console) -> None:
    """Every group, and how long it took. One that fails has its line; the others go on."""
    for group in chosen:
        start = time.perf_counter()
        book.group = group.name
        try:
            group.measure(book, setting)
        except FAULTS as error:
            console.print_exception()
            book.failed[group.name] = f"{type(error).__name__}: {error}"
            book.absent(group.name, f"the group {group.name}", f"it failed: {book.failed[group.name]}")
        gc.collect()
        console.print(f"[dim]{group.name}: {time.perf_counter() - start:.0f} s[/dim]", highlight=False)


def keep(book: Book, plan: plans.Plan, about: dict[str, object], *, whole: bool, seconds: float) -> Path:
    """Write the results and draw them; gives the file. Only a whole full run has a name for good."""
    RESULTS.mkdir(exist_ok=True)
    stem = "%Y-%m-%d" if whole and plan.name == plans.FULL.name else f"{plan.name}-%Y-%m-%dT%H%M%S"
    name = time.strftime(stem if whole else f"part-{stem}")
    path = RESULTS / f"{name}.json"
    reached = [asdict(one) | {"held": one.held, "aimed": one.aimed} for one in targets.reach(book)]
    head = {"profile": plan.name, "machine": about, "seconds": round(seconds), "plan": asdict(plan)}
    path.write_text(json.dumps(head | book.to_dict() | {"targets": reached}, indent=1) + "\n", "utf-8")
    if PYTHON.exists():
        picture = path.with_suffix(".svg")
        words = [str(PYTHON), str(Path(__file__).parent / "plot.py"), str(path), str(picture)]
        subprocess.run(words, check=False)
    return path


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rows and runs: two minutes, not 25")
    parser.add_argument("--full", action="store_true", help="all rows, where --check would take fewer")
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="WORD", help="groups whose name has the word"
    )
    parser.add_argument("--runs", type=int, help="counted rounds, other than the plan's")
    parser.add_argument("--border", type=Path, help="GeoJSON of another country's border")
    parser.add_argument("--check", action="store_true", help="compare the ratios with the kept ones")
    parser.add_argument("--keep", action="store_true", help="keep the ratios for later checks")
    return parser.parse_args()


def main() -> int:
    """Run, print, keep; the exit code."""
    chosen = arguments()
    console = Console(width=None if sys.stdout.isatty() else 150)
    plan = plans.QUICK if chosen.quick or (chosen.check and not chosen.full) else plans.FULL
    plan = replace(plan, runs=chosen.runs or plan.runs)
    if chosen.check and not comparing.load(plan.name):
        console.print(
            f"No ratios of the {plan.name} run are kept. Keep some at a quiet hour: --keep, without --check."
        )
        return 1
    about = machine.describe()
    said = ", ".join(f"{name} {value}" for name, value in about.items())
    console.print(f"{plan.name}: {said}", highlight=False, markup=False)
    if os.getloadavg()[0] > BUSY:
        console.print("[yellow]Others are running here: trust the ratios, not the rates.[/yellow]")
    book, setting = Book(), Setting(plan, chosen.border)
    some = [one for one in groups(plan) if not chosen.only or any(word in one.name for word in chosen.only)]
    start = time.perf_counter()
    measure(book, setting, some, console)
    lost = check(book, setting, some, about, console) if chosen.check else False
    table.show(console, book, targets.reach(book))
    if chosen.keep:
        comparing.keep(book, plan.name, about)
    spent = time.perf_counter() - start
    path = keep(book, plan, about, whole=not (chosen.only or chosen.runs), seconds=spent)
    compared = f"{book.checked:,} answers compared, {book.mismatches:,} differ"
    console.print(f"{compared}. {spent / 60:.1f} minutes. Kept in {path}", highlight=False)
    return 1 if lost or book.mismatches or book.failed else 0


def check(
    book: Book, setting: Setting, some: list[Group], about: dict[str, object], console: Console
) -> bool:
    """Compare with the kept ratios, measure again what seems lost; whether anything is."""
    kept = comparing.load(setting.plan.name)
    if kept["machine"]["cpu"] != about["cpu"]:
        console.print(f"[yellow]The kept ratios are of another processor: {kept['machine']['cpu']}[/yellow]")
    seems = {one.now.group for one in comparing.compare(book, kept["ratios"]) if one.lost}
    if seems:
        console.print(f"Measured once more, for they seem lost: {', '.join(sorted(seems))}")
        second = Book()
        measure(second, setting, [group for group in some if group.name in seems], console)
        book.mismatches += second.mismatches
        for key, ratio in second.ratios.items():
            book.ratios[key] = comparing.better_of(ratio, book.ratios.get(key))
    compared = comparing.compare(book, kept["ratios"])
    comparing.show(console, book, compared, kept["ratios"])
    return any(one.lost for one in compared)


if __name__ == "__main__":
    raise SystemExit(main())
