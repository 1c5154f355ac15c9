"""What `decide` saw, a row a terminal: the ground of the enforcement report and of the brake's view.

Columns (`ledger.arrow`, sorted by key): key uint64 · first_seen_ns, last_seen_ns · verdict, reason uint8: of
the last report · run_ns: since when the verdict has been that one without a break · first_denied_ns,
first_allowed_ns: start of the last unbroken run of denials and of permissions, NO_TIME for none ·
reports uint32. Times are the reports' own, UTC ns, never a clock's.

Rules:
1. A run is unbroken when no report between says otherwise; UNGOVERNED breaks both kinds.
2. Within a batch the rows of a terminal are taken in order of time, rows of one time in their order
   (`sightings.py`). Of two batches the one whose last report of a terminal is later counts as the later for
   that terminal.
3. Rows without a key or a time are in the totals only.
4. The totals are counted by the release that decided. Deciding a file again counts it again.
5. Keys are those of one session: a new session starts an empty ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import NO_TIME
from groundpass.kernel.core.verdicts import Reason, Verdict
from groundpass.kernel.trust.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME: Final = "ledger.arrow"
KEPT_TOTALS: Final = 100  # releases whose totals are kept
_UNLISTED: Final = (Reason.UNLISTED, Reason.NOT_YET_VALID, Reason.EXPIRED)
_META: Final = b"groundpass/ledger/1"
_MOST: Final = 2**32 - 1  # reports counted of one terminal

Keys = npt.NDArray[np.uint64]
Times = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


class Totals(msgspec.Struct):
    """Counts of what one release decided. from_ns, until_ns: the window of the reports' times, or None."""

    decided: int = 0
    by_verdict: dict[str, int] = {}
    by_reason: dict[str, int] = {}
    flags: dict[str, int] = {}
    from_ns: int | None = None
    until_ns: int | None = None

    def add(self, other: Totals) -> None:
        """Add counts, widen the window."""
        self.decided += other.decided
        for mine, theirs in (
            (self.by_verdict, other.by_verdict), (self.by_reason, other.by_reason), (self.flags, other.flags),
        ):  # fmt: skip
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        self.from_ns = min((time for time in (self.from_ns, other.from_ns) if time is not None), default=None)
        self.until_ns = max(
            (time for time in (self.until_ns, other.until_ns) if time is not None), default=None
        )


class _Header(msgspec.Struct):
    """Metadata of the file: whose keys, and the totals by serial."""

    session: str
    totals: dict[str, Totals]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Rows of terminals, sorted by key, keys distinct; the columns of the module's head."""

    key: Keys
    first_seen_ns: Times
    last_seen_ns: Times
    verdict: Bytes
    reason: Bytes
    run_ns: Times
    first_denied_ns: Times
    first_allowed_ns: Times
    reports: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def none(cls) -> Self:
        """Nobody was seen."""
        time, byte = np.empty(0, np.int64), np.empty(0, np.uint8)
        return cls(np.empty(0, np.uint64), time, time, byte, byte, time, time, time, np.empty(0, np.uint32))

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Self:
        """Some rows; they must keep the order of the keys."""
        return type(self)(*(column[rows] for _, column in self.columns()))

    def columns(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Names and columns."""
        return ((item.name, getattr(self, item.name)) for item in fields(self))


@dataclass
class Ledger:
    """What was seen under one session."""

    session: str
    seen: Seen = field(default_factory=Seen.none)
    totals: dict[str, Totals] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, session: str) -> Ledger:
        """Read the ledger of a store; an empty one when there is none or it is another session's.

        Raises CannotRun when the file is damaged.
        """
        path = folder / NAME
        if not path.exists():
            return cls(session)
        try:
            with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as reader:
                table = reader.read_all()
            header = msgspec.json.decode(table.schema.metadata[_META], type=_Header)
            if header.session != session:
                return cls(session)
            columns = [table[item.name].to_numpy() for item in fields(Seen)]
        except (OSError, pa.ArrowInvalid, KeyError, TypeError, msgspec.MsgspecError) as error:
            raise CannotRun(
                f"{path} is damaged",
                why=str(error),
                todo="Delete it: what was seen until now is then forgotten",
            ) from error
        return cls(session, Seen(*columns), header.totals)

    def save(self, folder: Path) -> None:
        """Write it, whole. Raises CannotRun."""
        kept = dict(sorted(self.totals.items(), key=lambda item: int(item[0]))[-KEPT_TOTALS:])
        meta = {_META: msgspec.json.encode(_Header(self.session, kept))}
        table = pa.table(dict(self.seen.columns())).replace_schema_metadata(meta)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(
            sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")
        ) as writer:
            writer.write_table(table)
        write_whole(folder / NAME, sink.getvalue().to_pybytes(), mode=0o600)

    def add(self, parts: Sequence[Seen], serial: int, totals: Totals) -> None:
        """Take in what one run of decide saw."""
        for part in parts:
            self.seen = merged(self.seen, part)
        self.totals.setdefault(str(serial), Totals()).add(totals)

    def allowed_unlisted(self, *, since_ns: int) -> Keys:
        """Keys last seen at or after `since_ns` and allowed though unlisted."""
        seen = self.seen
        which = (
            (seen.last_seen_ns >= since_ns)
            & (seen.verdict == Verdict.ALLOW)
            & np.isin(seen.reason, np.array(_UNLISTED, np.uint8))
        )
        return np.asarray(seen.key[which], np.uint64)


def merged(old: Seen, new: Seen) -> Seen:
    """Put two ledgers together; for a terminal in both, the one with the later last report is the later."""
    if not len(old) or not len(new):
        return new if len(new) else old
    both, in_old, in_new = np.intersect1d(old.key, new.key, assume_unique=True, return_indices=True)
    joined = _joined(old.take(in_old), new.take(in_new)) if len(both) else Seen.none()
    parts = (old.take(_without(old, in_old)), new.take(_without(new, in_new)), joined)
    key = np.concatenate([part.key for part in parts])
    order = np.argsort(key, kind="stable")
    columns = zip(*([column for _, column in part.columns()] for part in parts), strict=True)
    return Seen(*(np.concatenate(column)[order] for column in columns))


def _without(seen: Seen, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    which = np.ones(len(seen), np.bool_)
    which[rows] = False
    return which


def _joined(one: Seen, other: Seen) -> Seen:
    """The same terminals in both, row by row."""
    later = other.last_seen_ns >= one.last_seen_ns
    was, now = _pick(other, one, later), _pick(one, other, later)
    run = np.where((now.run_ns == now.first_seen_ns) & (now.verdict == was.verdict), was.run_ns, now.run_ns)
    return Seen(
        now.key,
        np.minimum(was.first_seen_ns, now.first_seen_ns),
        now.last_seen_ns,
        now.verdict,
        now.reason,
        run,
        _start_of(Verdict.DENY, was, was.first_denied_ns, now, now.first_denied_ns),
        _start_of(Verdict.ALLOW, was, was.first_allowed_ns, now, now.first_allowed_ns),
        np.minimum(was.reports.astype(np.int64) + now.reports, _MOST).astype(np.uint32),
    )


def _start_of(verdict: Verdict, was: Seen, was_ns: Times, now: Seen, now_ns: Times) -> Times:
    """Start of the last run of a verdict: a run that opens the later batch may go on from the earlier."""
    goes_on = (now_ns == now.first_seen_ns) & (was.verdict == verdict)
    return np.where(goes_on | (now_ns == NO_TIME), was_ns, now_ns)


def _pick(one: Seen, other: Seen, which: npt.NDArray[np.bool_]) -> Seen:
    """Rows of `other` where `which`, else of `one`."""
    pairs = zip(
        (column for _, column in one.columns()), (column for _, column in other.columns()), strict=True
    )
    return Seen(*(np.where(which, theirs, mine) for mine, theirs in pairs))
