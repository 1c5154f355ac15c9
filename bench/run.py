"""`make bench`: our engine, its peers and the machine's own bounds, on the same rows in the same run.

Absolute rates drift with the machine; what counts is the ratio of two rows of one table. Every peer's answers
are compared with ours before they are timed. Results go to `bench/results/` as JSON.

    python bench/run.py [--rows 10000000] [--runs 5] [--entries 250000,10000000]
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import fields
import numpy as np
import shapely
from numba import njit
from rich.console import Console
from rich.table import Table

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine import ReleaseView, Reports, decide
from groundpass.kernel.engine.fast import FastView, decide_fast
from groundpass.kernel.engine.vectorised import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundpass.kernel.core.state import State

NOW_NS = fields.NOW * NS
PEER_ROWS = 1_000_000  # of slower peers: their rate does not depend on how many
RESULTS = Path(__file__).parent / "results"


def rate(rows: int, runs: int, act: Callable[[], object]) -> float:
    """Median rows a second of several runs, after one that is not counted."""
    act()
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        spent.append(time.perf_counter() - start)
    return rows / median(spent)


@njit(nogil=True)
def gather(index: np.ndarray, table: np.ndarray, out: np.ndarray) -> None:
    """Read one number at a random place for each row: what memory allows at best."""
    for row in range(len(index)):
        out[row] = table[np.uint64(index[row]), np.uint64(0)]


@njit(nogil=True)
def stream(key: np.ndarray, time_ns: np.ndarray, lat: np.ndarray, lon: np.ndarray, out: np.ndarray) -> None:
    """Read every column once: what no engine can beat."""
    for row in range(len(key)):
        out[row] = np.uint64(time_ns[row]) ^ key[row] ^ np.uint64(lat[row] + lon[row] > 0)


def by_shapely(where: fields.Field, state: State, batch: Reports) -> np.ndarray:
    """Prepared polygons and a sorted look-up: the governing territory, and whether the terminal is listed."""
    territory = np.zeros(len(batch), np.uint16)
    for number, area in enumerate(where.shapes, 1):
        territory[shapely.intersects_xy(area, batch.lon, batch.lat)] = number
    keys = state.entries.key
    place = np.minimum(np.searchsorted(keys, batch.key), len(keys) - 1)
    return territory * 2 + (keys[place] == batch.key)


def check(made: object, other: object) -> None:
    """Refuse to time an engine that answers otherwise."""
    for name in COLUMNS:
        assert np.array_equal(getattr(made, name), getattr(other, name)), name


def bench(where: fields.Field, entries: int, rows: int, runs: int) -> dict[str, float]:
    """All rates for one size of the list."""
    state = fields.release(where, entries)
    batch = fields.reports(state, where, "C", rows)
    start = time.perf_counter()
    fast = FastView(ReleaseView.of(state))
    ready = time.perf_counter() - start
    some = batch.part(slice(0, PEER_ROWS))
    check(decide_fast(fast, some, now_ns=NOW_NS), decide(fast.view, some, now_ns=NOW_NS))
    made = decide_fast(fast, some, now_ns=NOW_NS)
    for area in where.shapes:
        shapely.prepare(area)
    assert np.array_equal(by_shapely(where, state, some) // 2, made.territory)
    halves = [batch.part(slice(0, rows // 2)), batch.part(slice(rows // 2, rows))]
    out = np.empty(rows, np.uint64)
    index = np.random.default_rng(5).integers(0, len(fast.entries.slots), rows).astype(np.uint64)

    def whole(part: Reports) -> None:
        decide_fast(fast, part, now_ns=NOW_NS)

    with ThreadPoolExecutor(2) as pool:
        return {
            "decide, compiled, 1 thread": rate(rows, runs, lambda: whole(batch)),
            "decide, compiled, 2 threads": rate(rows, runs, lambda: list(pool.map(whole, halves))),
            "decide, columns in numpy": rate(PEER_ROWS, runs, lambda: decide(fast.view, some, now_ns=NOW_NS)),
            "place and list only, shapely prepared + searchsorted": rate(
                PEER_ROWS, runs, lambda: by_shapely(where, state, some)
            ),
            "look up, compiled": rate(rows, runs, lambda: fast.entries.find(batch.key)),
            "bound: random gather from the same table": rate(
                rows, runs, lambda: gather(index, fast.entries.slots, out)
            ),
            "bound: stream of the columns": rate(
                rows, runs, lambda: stream(batch.key, batch.time_ns, batch.lat, batch.lon, out)
            ),
            "ready (s)": ready,
            "bytes a terminal": fast.entries.nbytes / len(state.entries),
        }


def bench_places(where: fields.Field, rows: int, runs: int) -> dict[str, float]:
    """Rates of the locator on each set of points."""
    state = fields.release(where, 1000)
    grid = FastView(ReleaseView.of(state)).grid
    assert grid is not None
    country = where.shapes[0]
    shapely.prepare(country)
    found = {}
    for kind in "UCB":
        place = fields.points(where, kind, rows)
        lon, lat = np.ascontiguousarray(place[:, 0]), np.ascontiguousarray(place[:, 1])
        inside = grid.members(len(where.shapes))[grid.locate(lon, lat), 0]
        assert np.array_equal(inside, shapely.intersects_xy(country, lon, lat))
        found[f"locate {kind}, {len(where.shapes)} layers"] = rate(rows, runs, partial(grid.locate, lon, lat))
        peer = partial(shapely.intersects_xy, country, lon[:PEER_ROWS], lat[:PEER_ROWS])
        found[f"locate {kind}, shapely prepared, one layer"] = rate(min(rows, PEER_ROWS), runs, peer)
    return found


def show(console: Console, title: str, found: dict[str, float]) -> None:
    """One table, and what the first row is of each other."""
    table = Table(title=title, title_justify="left")
    for name in ("what", "a second", "first row is"):
        table.add_column(name, justify="left" if name == "what" else "right")
    first = next(iter(found.values()))
    for name, value in found.items():
        if name in {"ready (s)", "bytes a terminal"}:
            table.add_row(name, f"{value:.2f}", "")
        else:
            table.add_row(name, f"{value / 1e6:.2f} M", f"{first / value:.2f} x")
    console.print(table)


def main() -> None:
    """Run everything, print tables, keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--entries", default="250000,10000000")
    chosen = parser.parse_args()
    console = Console()
    where = fields.field()
    kept: dict[str, object] = {
        "machine": {"python": platform.python_version(), "machine": platform.machine(), "rows": chosen.rows},
        "vertices": len(where.corners),
    }
    found = bench_places(where, chosen.rows, chosen.runs)
    show(console, f"Places: {len(where.shapes)} layers, {len(where.corners):,} vertices", found)
    kept["places"] = found
    for entries in map(int, chosen.entries.split(",")):
        found = bench(where, entries, chosen.rows, chosen.runs)
        show(console, f"The whole decision: {entries:,} entries, city-like positions", found)
        kept[f"decide {entries}"] = found
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y-%m-%d')}.json"
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    console.print(f"Kept in {path}")


if __name__ == "__main__":
    main()
