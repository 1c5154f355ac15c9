"""What an operator saw of each terminal under one release: the rows of an enforcement report.

Columns, sorted by key, keys distinct: key uint64 · verdict, reason uint8: of the last report ·
first_seen_ns, last_seen_ns · first_denied_ns, first_allowed_ns: start of the last unbroken run of denials and
of permissions, NO_TIME for none · reports uint32. Times are int64, UTC nanoseconds, of the reports
themselves. There is no position in it.

On the wire it is a `container`, like a delta: sizes follow from the count, which has a bound, so that an
authority can read what an outsider sends.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import Reason, Verdict
from groundpass.kernel.wire.columns import key_sections, read_keys
from groundpass.kernel.wire.container import Reader, planes, write
from groundpass.kernel.wire.header import MAX_ENTRIES

if TYPE_CHECKING:
    from typing import Any

MAGIC: Final = b"GPSEEN_1"

Times = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """The columns of the module's head."""

    key: npt.NDArray[np.uint64]
    verdict: Bytes
    reason: Bytes
    first_seen_ns: Times
    last_seen_ns: Times
    first_denied_ns: Times
    first_allowed_ns: Times
    reports: npt.NDArray[np.uint32]

    def __post_init__(self) -> None:
        columns: list[npt.NDArray[Any]] = [getattr(self, item.name) for item in fields(self)]
        if len({len(column) for column in columns}) != 1:
            raise BadInput("Columns of observations differ in length")
        if [column.dtype for column in columns] != [np.dtype(kind) for kind in _KINDS]:
            raise BadInput(f"Columns of observations are {[str(column.dtype) for column in columns]}")
        if len(self.key) and (self.key[0] == 0 or not bool(np.all(self.key[1:] > self.key[:-1]))):
            raise BadInput("The keys of observations are not sorted, distinct and above zero")
        if not np.isin(self.verdict, list(Verdict)).all() or not np.isin(self.reason, list(Reason)).all():
            raise BadInput("An observation has a verdict or a reason that does not exist")

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def none(cls) -> Observations:
        """Nobody was seen."""
        columns: list[Any] = [np.empty(0, kind) for kind in _KINDS]
        return cls(*columns)


_KINDS: Final = (np.uint64, np.uint8, np.uint8, np.int64, np.int64, np.int64, np.int64, np.uint32)


class ObservationsHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rows`: how many terminals."""

    format: Literal["groundpass/observations/1"]
    rows: Annotated[int, msgspec.Meta(ge=0, le=MAX_ENTRIES)]


def pack(seen: Observations) -> bytes:
    """Compress observations. Times travel as distances from the first report of their terminal."""
    sections = [*key_sections(seen.key), seen.verdict.tobytes(), seen.reason.tobytes()]
    first = seen.first_seen_ns.view(np.uint64)
    sections += planes(first)
    for times in (seen.last_seen_ns, seen.first_denied_ns, seen.first_allowed_ns):
        sections += planes(times.view(np.uint64) - first)
    sections += planes(seen.reports)
    return write(MAGIC, ObservationsHeader("groundpass/observations/1", len(seen)), sections)


def unpack(data: bytes) -> Observations:
    """Read observations. Raises BadInput."""
    reader = Reader(data, MAGIC, "list of observations")
    rows = reader.header(ObservationsHeader).rows
    key = read_keys(reader, rows)
    verdict, reason = reader.column(rows, np.uint8), reader.column(rows, np.uint8)
    first = reader.column(rows, np.uint64)
    last, denied, allowed = ((first + reader.column(rows, np.uint64)).view(np.int64) for _ in range(3))
    reports = reader.column(rows, np.uint32)
    reader.end()
    return Observations(key, verdict, reason, first.view(np.int64), last, denied, allowed, reports)
