"""What the benches promise: no wrong answer is timed, a ratio is of one round, a loss fails the check."""

from __future__ import annotations

import json
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from house.reading import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

BENCH = ROOT / "bench"


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH)
    import measuring

    return measuring


@pytest.fixture
def comparing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH)
    import comparing

    monkeypatch.setattr(comparing, "FILE", tmp_path / "baseline.json")
    return comparing


def book_of(measuring: ModuleType, **ratios: float) -> Any:
    """Ratios by name; those that begin with `less` are the better the lower."""
    book = measuring.Book(group="a group")
    for key, value in ratios.items():
        better = "lower" if key.startswith("less") else "higher"
        book.ratio(key, key, [value], better=better)
    return book


def test_a_ratio_is_the_median_of_the_rounds_and_not_of_two_figures(measuring: ModuleType) -> None:
    """The machine slows down by half after the first round: rates move, their ratio does not."""
    clock = {"ours": iter([9.0, 1.0, 2.0, 2.0]), "theirs": iter([9.0, 10.0, 20.0, 20.0])}
    cases = [
        measuring.Case(name, name, 100, lambda spent=spent: next(spent)) for name, spent in clock.items()
    ]
    book = measuring.Book()
    rates = book.interleaved(cases, 3)
    assert measuring.paired(rates["ours"], rates["theirs"]) == [10.0, 10.0, 10.0]
    assert book.measures["ours"].value == 50.0
    assert book.measures["ours"].runs == 3  # the first of four rounds does not count


def test_answers_that_differ_are_counted_and_said(measuring: ModuleType) -> None:
    book = measuring.Book()
    ours = {"territory": np.array([1, 2, 3, 4]), "verdict": np.array([1, 1, 1, 1])}
    assert not book.compare("same", ours, {"territory": np.array([1, 2, 3, 4])})
    wrong = book.compare("other", ours, {**ours, "verdict": np.array([1, 0, 1, 0])})
    assert "2 of 4 answers differ, the first in row 1" in wrong
    assert (book.checked, book.mismatches) == (8, 2)


def test_an_answer_that_lacks_rows_is_not_the_same(measuring: ModuleType) -> None:
    book = measuring.Book()
    assert book.compare("short", {"territory": np.arange(4)}, {"territory": np.arange(3)})
    assert book.mismatches == 4


@pytest.mark.parametrize(
    ("key", "now", "lost"),
    [("more", 86.0, False), ("more", 84.0, True), ("less", 117.0, False), ("less", 118.0, True)],
)
def test_a_loss_of_more_than_15_per_cent_is_lost_either_way(
    measuring: ModuleType, comparing: ModuleType, key: str, now: float, lost: bool
) -> None:
    comparing.keep(book_of(measuring, **{key: 100.0}), "quick", dict.fromkeys(comparing.NAMED, "x"))
    kept = comparing.load("quick")["ratios"]
    [one] = comparing.compare(book_of(measuring, **{key: now}), kept)
    assert one.lost is lost


def test_of_two_tries_the_better_one_counts(measuring: ModuleType, comparing: ModuleType) -> None:
    first, second = book_of(measuring, more=1.0, less=1.0), book_of(measuring, more=2.0, less=2.0)
    both = {key: comparing.better_of(second.ratios[key], first.ratios[key]).value for key in first.ratios}
    assert both == {"more": 2.0, "less": 1.0}


def test_keeping_one_profile_leaves_the_other(measuring: ModuleType, comparing: ModuleType) -> None:
    about = dict.fromkeys(comparing.NAMED, "x")
    comparing.keep(book_of(measuring, one=1.0, two=2.0), "full", about)
    comparing.keep(book_of(measuring, one=3.0), "quick", about)
    comparing.keep(book_of(measuring, two=5.0), "full", about)
    kept = json.loads(comparing.FILE.read_text("utf-8"))
    values = {name: {key: one["value"] for key, one in kept[name]["ratios"].items()} for name in kept}
    assert values == {"full": {"one": 1.0, "two": 5.0}, "quick": {"one": 3.0}}


def test_a_target_is_judged_by_its_worst_figure(measuring: ModuleType) -> None:
    import targets

    book = book_of(measuring, **{"duckdb/250k": 90.0, "duckdb/10m": 30.0, "bytes/10m": 33.0})
    by_first = {one.where: one for one in targets.reach(book)}
    assert by_first["duckdb/10m"].held is False
    assert by_first["bytes/10m"].aimed is True
    assert by_first["bytes/10m"].partly == ("bytes/250k",)


def test_every_target_has_what_it_needs() -> None:
    tables = tomllib.loads((BENCH / "targets.toml").read_text("utf-8"))["target"]
    assert tables
    for table in tables:
        hold, aim = table["hold"], table["aim"]
        assert aim <= hold if table.get("better") == "lower" else aim >= hold, table["title"]
        assert table["of"], table["title"]


def test_the_set_up_is_a_shell_script_that_parses() -> None:
    subprocess.run(["sh", "-n", BENCH / "setup"], check=True)
