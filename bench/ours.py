"""What the benches call of the program: the only file here that knows its names.

Each thing is imported where it is used, so that a fresh process pays for no more than it needs (`first.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    import pyarrow as pa
    import shapely

    from groundpass.kernel.core.state import Entries, State
    from groundpass.kernel.engine import Decisions, Reports
    from groundpass.kernel.engine.entries import EntryTable

NS = 1_000_000_000
ALLOW = 1  # a verdict
FEED, SESSION = "bench", "aa" * 16
SCHEME = "utid"
BATCH = 1 << 17  # rows of a table at a time
PIECES = 1 << 20  # rows of movement at a time, as a stream would bring them
CAP_KMH, SUSTAINED, RELEASE = 75, 120, 60
Answers = dict[str, np.ndarray]


class Engine:
    """A release made ready.

    Args:
        state: the release.
        now: UTC s.
        table: the entries made ready, where another engine has them already.
    """

    def __init__(self, state: State, now: int, table: EntryTable | None = None) -> None:
        from groundpass.kernel.engine import ReleaseView
        from groundpass.kernel.engine.fast import FastView

        self.state, self.now_ns = state, now * NS
        self.fast = FastView(ReleaseView.of(state), table)

    @property
    def table(self) -> EntryTable:
        """The entries made ready."""
        return self.fast.entries

    def decide(self, batch: Reports) -> Decisions:
        """Decide a batch on one thread."""
        from groundpass.kernel.engine.fast import decide_fast

        return decide_fast(self.fast, batch, now_ns=self.now_ns)

    def decide_twice(self, batch: Reports, pool: ThreadPoolExecutor) -> None:
        """Decide the halves of a batch on two threads."""
        half = len(batch) // 2
        list(pool.map(self.decide, [batch.part(slice(0, half)), batch.part(slice(half, None))]))

    def columns(self, batch: Reports) -> Decisions:
        """Decide a batch by the columns in numpy."""
        from groundpass.kernel.engine import decide

        return decide(self.fast.view, batch, now_ns=self.now_ns)

    def find(self, keys: np.ndarray) -> None:
        """Look keys up, and nothing else."""
        self.fast.entries.find(keys)

    def nbytes(self) -> int:
        """Bytes of the entries made ready, records included."""
        return int(self.fast.entries.nbytes)

    def locate(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Find the set of territories of each point; a number a set."""
        assert self.fast.grid is not None
        return self.fast.grid.locate(lon, lat)

    def within(self, lon: np.ndarray, lat: np.ndarray, territory: int) -> np.ndarray:
        """Whether each point lies in a territory."""
        assert self.fast.grid is not None
        members = self.fast.grid.members(len(self.state.territories))
        return np.asarray(members[self.locate(lon, lat), territory])

    def single(self, batch: Reports) -> Callable[[int], object]:
        """Decide the row of that number alone: the call that a server makes for one report.

        THE PLACE for the engine's call for a single report: there is none yet, so it is a batch of one.
        """
        rows = [batch.part(slice(row, row + 1)) for row in range(len(batch))]
        return lambda row: self.decide(rows[row])


def answers(made: Decisions) -> Answers:
    """Everything that a verdict says, as columns."""
    from groundpass.kernel.engine.vectorised import COLUMNS

    return {name: getattr(made, name) for name in COLUMNS}


def verdict_names(engine: Engine, batch: Reports) -> np.ndarray:
    """The verdicts of a batch as a file has them, object[n]."""
    from groundpass.kernel.core.verdicts import Verdict

    names = np.array([verdict.name for verdict in sorted(Verdict)], object)
    return names[engine.decide(batch).verdict]


def build_table(entries: Entries) -> None:
    """Make entries ready."""
    from groundpass.kernel.engine.entries import EntryTable

    EntryTable.build(entries)


# Identifiers as texts


def keying() -> bytes:
    """The key of the entries of our session."""
    from groundpass.kernel.trust.seal import derive

    return derive(bytes(32), SESSION).keying


def keys_of(texts: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Entry keys of texts, uint64[n]: parsing under the scheme, then keying."""
    from groundpass.kernel.core.ids import parse_column
    from groundpass.kernel.trust.keying import entry_keys

    blocks, known = parse_column(texts, SCHEME)
    assert known.all()
    return entry_keys(blocks, keying())


def decide_texts(engine: Engine, table: pa.Table) -> int:
    """Decide a table of text ids, times and places in memory, a batch at a time; gives the rows."""
    from groundpass.kernel.engine import Reports

    for batch in table.to_batches(max_chunksize=BATCH):
        columns = {name: batch.column(name).to_numpy() for name in ("lat", "lon")}
        time_ns = batch.column("time").view("int64").to_numpy()
        made = Reports.of(len(batch), key=keys_of(batch.column("terminal")), time_ns=time_ns, **columns)
        engine.decide(made)
    return int(table.num_rows)


# Movement


def follow(batch: Reports) -> np.ndarray:
    """Take a stream of reports from the first one on; whether each was too fast, bool[n]."""
    from groundpass.kernel.core.state import Rule
    from groundpass.kernel.core.verdicts import Action
    from groundpass.kernel.engine.movement import Movement

    movement = Movement()
    rules = [Rule("t00", "standard", Action.ALLOW, speed_cap=CAP_KMH, sustained=SUSTAINED, release=RELEASE)]
    fast = []
    for start in range(0, len(batch), PIECES):
        part = batch.part(slice(start, start + PIECES))
        fast.append(movement.update(part, np.zeros(len(part), np.uint16), rules).too_fast)
    return np.concatenate(fast)


def decide_moving(engine: Engine, batch: Reports) -> None:
    """Decide a stream of reports with tracks, from the first one on."""
    from groundpass.kernel.engine.movement import Movement
    from groundpass.kernel.engine.moving import decide_moving as decide

    movement = Movement()
    for start in range(0, len(batch), PIECES):
        decide(engine.fast, movement, batch.part(slice(start, start + PIECES)), now_ns=engine.now_ns)


def follow_texts(tables: list[pa.Table]) -> int:
    """The same from tables with text ids, by the public call; gives how many episodes there were."""
    from groundpass import Tracks

    tracks = Tracks(speed_cap_kmh=CAP_KMH, sustained_s=SUSTAINED, release_s=RELEASE)
    return sum(len(tracks.update(table)) for table in tables)


# Stores and files


def make_store(folder: Path, state: State, now: int) -> None:
    """An operator's store whose current release is that state."""
    from groundpass.kernel.trust.seal import wrap, wrap_info
    from groundpass.kernel.wire.state import state_hash
    from groundpass.operator.keys import OperatorKeys
    from groundpass.operator.records import ReleaseMeta
    from groundpass.operator.store import init_store

    keys = OperatorKeys.create(folder / "keys")
    store = init_store(folder / "store", b"{}", keys, str(folder), now=now)
    meta = ReleaseMeta(
        format="groundpass/store-release/1",
        feed=FEED,
        session=SESSION,
        serial=state.serial,
        state_hash=state_hash(state),
        issued=state.issued,
        entries=len(state.entries),
        how="bench",
        received_at=now,
        verified_at=now,
        applied_at=now,
    )
    secret = wrap(bytes(32), keys.wrap_public, wrap_info(FEED, SESSION))
    store.make_current(store.put_release(state, meta, {"secret": secret}))


def decide_file(folder: Path, reports: Path, out: Path, now: int) -> int:
    """Decide a file by the release of a store; gives the rows, as `groundpass operator decide` does."""
    from groundpass.operator.decide import decide_file as decide

    return decide(reports, out, store=folder / "store", now_ns=now * NS).rows


def decide_table(folder: Path, now: int) -> Callable[[pa.Table], pa.Table]:
    """Open the release of a store by the public call; what decides a table by it."""
    from groundpass import Release

    release = Release.open(folder / "store")
    return lambda table: release.decide(table, now=now)


def first_verdict(folder: Path, now: int) -> str:
    """Open a store, make its release ready, decide one report. The name of the verdict."""
    import pyarrow as pa

    report = {
        "terminal": ["ut01000000-00000000-00c326fa"],
        "time": pa.array([now * NS]).cast(pa.timestamp("ns", "UTC")),
        "lat": [50.45],
        "lon": [30.52],
    }
    made = decide_table(folder, now)(pa.table(report))
    return str(made["verdict"][0])


# Files of the feed


def snapshot_size(state: State) -> int:
    """Bytes of the snapshot of a state, before padding and sealing."""
    from groundpass.kernel.wire import snapshot

    return len(snapshot.pack(state))


def delta_size(old: State, new: State) -> int:
    """Bytes of the delta between two states, before padding and sealing."""
    from groundpass.kernel.wire import delta

    return len(delta.pack(delta.diff(old, new)))


# The simulator


def simulate(where: shapely.Geometry, terminals: int, reports_each: float, start: int) -> int:
    """Make a day of an invented fleet in a country; gives the rows."""
    from groundpass.operator.api import FleetPlan, make_fleet

    towns = [(50.45, 30.52, 3.0), (49.84, 24.03, 1.0), (46.48, 30.73, 1.0), (49.99, 36.23, 1.5)]
    plan = FleetPlan(where, towns, terminals=terminals, reports_each=reports_each, start=start)
    return sum(table.num_rows for table in make_fleet(plan).reports())
