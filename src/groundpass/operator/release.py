"""A release that an operator holds, ready to decide: what other programs import as `groundpass.Release`.

Rules:
1. Every row of a table has one row in the answer, in the table's order. A row that does not read gets its
   verdict by step 2; a table whose columns are wrong is refused whole, with the column named.
2. Nothing is written down, and no clock is read: `now` is an argument.
3. Tracks, where they are given, are moved on by the table, and carry on from table to table.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pyarrow as pa

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NEVER, NS
from groundpass.kernel.engine.fast import decide_fast
from groundpass.kernel.engine.movement import Movement
from groundpass.kernel.engine.moving import decide_moving
from groundpass.kernel.engine.reports import Reports
from groundpass.kernel.wire.verdicts import VERDICTS, coded_verdicts, plain_verdicts
from groundpass.operator import cells
from groundpass.operator.columns import Reading, choose
from groundpass.operator.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from groundpass.kernel.core.state import State
    from groundpass.kernel.engine.episodes import Tracks
    from groundpass.kernel.engine.fast import FastView
    from groundpass.kernel.engine.vectorised import Decisions

Now = dt.datetime | int | float
LAST_SECOND: Final = NEVER // NS  # larger numbers are no seconds


class Release:
    """A release made ready to decide position reports.

    ```
    release = Release.open("operator/store")
    verdicts = release.decide(table, now=datetime.now(UTC))
    ```

    Args:
        fast: the release made ready for batches.
        keying: key of the entries of its session, 16 bytes.
    """

    def __init__(self, fast: FastView, keying: bytes) -> None:
        self.fast = fast
        self.keying = keying

    @classmethod
    def open(cls, store: Path | str | Store) -> Self:
        """The release that decides in an operator's store; a later sync does not change it.

        Raises CannotRun where there is no store or no release in it, NotVerified where its secret is not for
        the store's keys.
        """
        place = store if isinstance(store, Store) else Store.open(store)
        release = place.current_release()
        return cls(place.ready(release), place.feed_keys(release).keying)

    @property
    def state(self) -> State:
        """What the release says, but for its entries: those of one that was mapped stand in its index."""
        return self.fast.view.state

    @property
    def serial(self) -> int:
        """Its number: the next release of the feed has a higher one."""
        return self.state.serial

    @property
    def issued(self) -> dt.datetime:
        """When it was issued, UTC."""
        return dt.datetime.fromtimestamp(self.state.issued, dt.UTC)

    def reading(self) -> Reading:
        """What turns batches of reports into columns by its id scheme and keys."""
        return Reading(self.state.scheme, self.keying)

    def decide(
        self,
        table: pa.Table | pa.RecordBatch,
        *,
        now: Now,
        tracks: Tracks | Movement | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> pa.Table:
        """Decide a table of position reports.

        Args:
            table: n rows in any order. Columns, any others are ignored: terminal (text: an identifier as
                the operator writes it) · time (UTC: timestamp of any unit, int64 ns, or ISO 8601 text) · lat
                and lon (degrees WGS84), or h3 (uint64 or hexadecimal text), or country (ISO 3166 alpha-2) ·
                optional uncertainty_m (m) and speed_mps (m/s).
            now: a datetime with its zone, UTC seconds, or UTC nanoseconds as an integer. Skew, staleness and
                the expiry of blocks use it; validity, rules and territories use each report's own time.
            tracks: the movement of the terminals so far; it is moved on. Caps and times are those of the
                release's rules. Without tracks nobody is too fast and every territory is entered at once.
            mapping: our column → the table's.

        Returns:
            n rows in the order of the table: terminal (string), time (timestamp[ns, UTC]), verdict and reason
            (dictionary of strings), flags (string, words joined by `|`), territory (string, "" none), release
            and block_serial (int64), valid_until (timestamp[ns, UTC], null: for good).

        Raises BadInput where a column lacks, is there twice or is of a wrong type, or `now` has no zone.
        """
        now_ns = moment_ns(now)
        if not isinstance(table, pa.Table | pa.RecordBatch):
            raise BadInput(f"{type(table).__name__} is not a table", todo="Give a pyarrow.Table")
        names = choose(table.schema.names, mapping or {})
        whole = pa.Table.from_batches([table]) if isinstance(table, pa.RecordBatch) else table
        chosen = whole.select(list(names.values())).rename_columns(list(names))
        reading = self.reading()
        parts = [reading.read(batch) for batch in chosen.to_batches()]
        if not parts:
            return VERDICTS.empty_table()
        reports = Reports.joined(parts)
        made = self.decide_reports(reports, now_ns, None if tracks is None else movement_of(tracks))
        terminals = pa.chunked_array(
            [cells.texts(chunk) for chunk in chosen["terminal"].chunks], pa.large_string()
        )
        return plain_verdicts(self.coded(terminals, reports, made))

    def decide_reports(self, reports: Reports, now_ns: int, movement: Movement | None) -> Decisions:
        """Decide columns, with tracks or without."""
        if movement is None:
            return decide_fast(self.fast, reports, now_ns=now_ns)
        return decide_moving(self.fast, movement, reports, now_ns=now_ns)

    @staticmethod
    def coded(terminals: pa.Array | pa.ChunkedArray, reports: Reports, made: Decisions) -> pa.Table:
        """Decisions as the table of `kernel.wire.verdicts`, words as dictionaries."""
        return coded_verdicts(
            terminal=terminals,
            time_ns=reports.time_ns,
            verdict=made.verdict,
            reason=made.reason,
            flags=made.flags,
            territory=made.territory,
            valid_until_ns=made.valid_until_ns,
            territories=made.territories,
            release=made.serial,
            block_serial=made.block_serial,
        )


def movement_of(tracks: object) -> Movement:
    """The state behind tracks. Raises BadInput for anything else."""
    movement = getattr(tracks, "movement", tracks)
    if not isinstance(movement, Movement):
        raise BadInput(f"{type(tracks).__name__} is no tracks", todo="Give groundpass.Tracks()")
    return movement


def moment_ns(now: object) -> int:
    """A moment as UTC ns. Raises BadInput for a datetime without a zone, or anything that is no moment."""
    if isinstance(now, dt.datetime):
        if now.tzinfo is None:
            raise BadInput("`now` has no time zone", todo="Give datetime.now(UTC), or UTC seconds")
        since = now - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        return (since.days * 86_400 + since.seconds) * NS + since.microseconds * 1000
    if isinstance(now, np.datetime64):
        return int(now.astype("datetime64[ns]").astype(np.int64))
    if isinstance(now, float) and abs(now) < LAST_SECOND:
        return round(now * NS)
    if isinstance(now, int | np.integer) and not isinstance(now, bool):
        number = int(now)
        if abs(number) < LAST_SECOND:
            return number * NS
        if cells.LEAST_NS <= number < NEVER:
            return number
    raise BadInput(f"`now` is {now!r}, which is no moment", todo="Give datetime.now(UTC), or UTC seconds")
