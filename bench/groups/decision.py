"""The whole decision of ours: positions, territories, threads; its parts; the machine's bounds beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import bounds
import fields
import numpy as np
import ours
from measuring import Book, Case, paired, timed
from settings import NAMES, Setting, label

if TYPE_CHECKING:
    from groundpass.kernel.engine import Reports

CHECKED = 200_000  # rows of each kind whose answers are compared with the columns in numpy
NUMPY = 1_000_000  # rows of the columns in numpy
AWKWARD = 4  # a batch of awkward rows is so many times smaller


@dataclass(frozen=True)
class Bench:
    """One size of the list."""

    book: Book
    setting: Setting
    name: str
    pool: ThreadPoolExecutor

    def wrong(self, engine: ours.Engine, batch: Reports, key: str, what: str) -> bool:
        """Compare every column of the first rows with the columns in numpy; what is wrong is not timed."""
        some = batch.part(slice(0, CHECKED))
        wrong = self.book.compare(key, ours.answers(engine.decide(some)), ours.answers(engine.columns(some)))
        if wrong:
            self.book.absent(key, what, f"wrong answers are not timed: {wrong}")
        return bool(wrong)

    def threads(self, engine: ours.Engine, kind: str, batch: Reports) -> list[Case]:
        """One and two threads on one kind of positions."""
        many = len(engine.state.territories)
        key = f"decide/{self.name}/{kind}/{many}"
        what = f"{NAMES[kind]}, {many} territor{'y' if many == 1 else 'ies'}"
        if self.wrong(engine, batch, key, what):
            return []
        twice = partial(engine.decide_twice, batch, self.pool)
        return [
            Case(f"{key}/1", f"{what}, 1 thread", len(batch), timed(partial(engine.decide, batch))),
            Case(f"{key}/2", f"{what}, 2 threads", len(batch), timed(twice)),
        ]

    def awkward(self, engine: ours.Engine) -> list[Case]:
        """City-like rows of which some are uncertain, without a place, or from the future."""
        batch = fields.awkward(engine.state, self.setting.many, self.setting.plan.rows // AWKWARD)
        key, what = f"awkward/{self.name}", "city-like, 2 % awkward rows, 1 thread"
        if self.wrong(engine, batch, key, what):
            return []
        return [Case(key, what, len(batch), timed(partial(engine.decide, batch)))]

    def parts(self, engine: ours.Engine, batch: Reports) -> list[Case]:
        """What the decision is made of, its simple twin, and the bounds."""
        size, few = len(batch), batch.part(slice(0, NUMPY))
        table = bounds.table_of(engine.nbytes())
        index, out = bounds.places_in(table, size), np.empty(size, np.uint64)
        stream = partial(bounds.stream, batch.key, batch.time_ns, batch.lat, batch.lon, out)
        gather = partial(bounds.gather, index, table, out)
        what = f"bound: random gather, a table of {table.nbytes / 1e6:,.0f} MB as well"
        return [
            Case(f"find/{self.name}", "look-up of keys alone", size, timed(partial(engine.find, batch.key))),
            Case(f"numpy/{self.name}", "columns in numpy", len(few), timed(partial(engine.columns, few))),
            Case(f"gather/{self.name}", what, size, timed(gather)),
            Case(f"stream/{self.name}", "bound: stream of the columns", size, timed(stream)),
        ]


def measure(book: Book, setting: Setting, entries: int) -> None:
    """Measure one size of the list."""
    book.part = f"The decision, {entries:,} entries"
    name = label(entries)
    engine, batches = setting.engine(entries), {"C": setting.batch(entries)}
    for kind in "UB":
        batches[kind] = fields.reports(engine.state, setting.many, kind, setting.plan.rows)
    engines = [engine, _lone(setting, engine)] if entries in setting.plan.lone else [engine]
    with ThreadPoolExecutor(2) as pool:
        bench = Bench(book, setting, name, pool)
        cases = [
            case
            for one in engines
            for kind, rows in batches.items()
            for case in bench.threads(one, kind, rows)
        ]
        cases += [*bench.awkward(engine), *bench.parts(engine, batches["C"])]
        rates = book.interleaved(cases, setting.plan.runs)
    _ratios(book, rates, name, len(setting.many.shapes))
    size = [engine.nbytes() / entries]
    book.ratio(f"bytes/{name}", "bytes a terminal, record included", size, better="lower", unit="bytes")


def _lone(setting: Setting, engine: ours.Engine) -> ours.Engine:
    """The same entries under one territory."""
    state = fields.release(setting.lone, 0, engine.state.entries.key)
    return ours.Engine(state, fields.NOW, engine.table)


def _ratios(book: Book, rates: dict[str, list[float]], name: str, many: int) -> None:
    """What is kept of it."""

    def key(kind: str, threads: int = 1, territories: int = many) -> str:
        return f"decide/{name}/{kind}/{territories}/{threads}"

    def ratio(what: str, title: str, one: str, other: str, *, bound: bool = False) -> None:
        kept = f"{what}/{name}"
        if one in rates and other in rates:
            beside = kept if one == key("C") and kept in rates else ""
            pairs = paired(rates[one], rates[other])
            book.ratio(kept, title, pairs, unit="%" if bound else "x", beside=beside)
        else:
            book.missing[kept] = f"{one if one not in rates else other} was not timed"

    ratio("gather", "decision against the random gather", key("C"), f"gather/{name}", bound=True)
    ratio("stream", "decision against the stream", key("C"), f"stream/{name}", bound=True)
    ratio("numpy", "decision against its columns in numpy", key("C"), f"numpy/{name}")
    ratio("find-gather", "look-up against the random gather", f"find/{name}", f"gather/{name}", bound=True)
    ratio("threads", "two threads against one", key("C", 2), key("C"))
    ratio("border", "border-heavy against city-like", key("B"), key("C"))
    ratio("uniform", "uniform against city-like", key("U"), key("C"))
    ratio("awkward-plain", "2 % awkward rows against none", f"awkward/{name}", key("C"))
    ratio("lone", f"{many} territories against one", key("C"), key("C", 1, 1))
