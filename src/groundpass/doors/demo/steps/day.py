"""A day of position reports: what the operator's network carried, and the verdicts on it.

The network obeys: a terminal that is denied falls silent within two minutes of its first denied report, and
is heard again where it is allowed. The labelled leaks do not obey. Which reports there are at all so follows
from the operator's own verdicts, not from what the story knows.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.movement import Movement
from groundpass.operator.api import Release, Store, Summary, decide_file, explain_one

if TYPE_CHECKING:
    from groundpass.doors.demo.fleet import StoryFleet
    from groundpass.doors.demo.stage import Stage
    from groundpass.doors.demo.telling import Teller
    from groundpass.kernel.engine.explain import Explanation

SLOWEST: Final = 120  # s that the network takes at most to end a service
WANTED: Final = 3  # examples
TELLING: Final = (  # what is worth explaining, the first three that the day has
    ("ALLOW", "LISTED"), ("DENY", "UNLISTED"), ("DENY", "PROFILE_DENIED"), ("DENY", "OUT_OF_AREA"),
    ("UNGOVERNED", "OUTSIDE"), ("ALLOW", "UNLISTED"),
)  # fmt: skip


def live_through(stage: Stage, fleet: StoryFleet) -> pa.Table:
    """The reports of the day, those left out that a denied terminal could not send any more."""
    store = Store.open(stage.store)
    reports = fleet.fleet.table()
    verdicts = Release.open(store).decide(reports, now=stage.clock.now, tracks=Movement())
    row = pc.index_in(reports["terminal"], value_set=fleet.fleet.truth["terminal"].combine_chunks())
    heard = obeyed(
        row.to_numpy(),
        reports["time"].cast(pa.int64()).to_numpy(),
        pc.equal(verdicts["verdict"].cast(pa.string()), "DENY").to_numpy(),
        fleet.leaking,
        stage.seed,
    )
    return reports.filter(pa.array(heard))


def obeyed(
    terminal: npt.NDArray[np.int64],
    time_ns: npt.NDArray[np.int64],
    denied: npt.NDArray[np.bool_],
    leaking: npt.NDArray[np.bool_],
    seed: int,
) -> npt.NDArray[np.bool_]:
    """Which rows are heard when denied terminals fall silent.

    terminal: row of the fleet, by report · leaking: by row of the fleet. A run of denials begins with the
    first denied report after an allowed one; what comes later than the terminal's own lag is not sent.
    """
    lag_ns = np.random.default_rng([seed, 11]).integers(5, SLOWEST, len(leaking)) * NS
    order = np.lexsort((time_ns, terminal))
    who, when, shut = terminal[order], time_ns[order], denied[order]
    begins = np.append(True, (who[1:] != who[:-1]) | (shut[1:] != shut[:-1]))
    start = when[np.maximum.accumulate(np.where(begins, np.arange(len(when)), 0))]
    heard = np.empty(len(when), np.bool_)
    heard[order] = ~shut | leaking[who] | (when - start <= lag_ns[who])
    return heard


def decide_day(stage: Stage, reports: pa.Table, teller: Teller) -> Summary:
    """Write the reports to a file and let the operator decide it, as `groundpass operator decide` does."""
    asked, told = stage.file("day.parquet"), stage.file("verdicts.parquet")
    pq.write_table(reports, asked)
    with teller.progress("Deciding") as tell:
        now_ns = time.time_ns()
        return decide_file(asked, told, store=stage.store, now_ns=now_ns, tracks=Movement(), progress=tell)


def examples(stage: Stage) -> list[tuple[str, Explanation]]:
    """Three reports of the day with different verdicts, explained step by step."""
    reports, verdicts = (
        pq.read_table(stage.file("day.parquet")),
        pq.read_table(stage.file("verdicts.parquet")),
    )
    verdict, reason = (verdicts[name].cast(pa.string()) for name in ("verdict", "reason"))
    rows = []
    for word, why in TELLING:
        match = pc.and_(pc.equal(verdict, word), pc.equal(reason, why))
        rows.append(pc.index(match, pa.scalar(value=True)).as_py())
    told = [row for row in rows if row >= 0][:WANTED]
    return [_explained(stage, reports.slice(row, 1)) for row in told]


def _explained(stage: Stage, report: pa.Table) -> tuple[str, Explanation]:
    """The explanation of one row, as `groundpass operator explain` gives it."""
    row = report.to_pylist()[0]
    place = {name: row[name] for name in ("lat", "lon", "uncertainty_m") if row[name] is not None}
    told = explain_one(
        stage.store,
        row["terminal"],
        now_ns=time.time_ns(),
        time_ns=report["time"].cast(pa.int64())[0].as_py(),
        **place,
    )
    return row["terminal"], told
