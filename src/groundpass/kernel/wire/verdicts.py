"""Verdicts as they go out: one row for each report, in its order.

| column | type | meaning |
|---|---|---|
| `terminal` | text | as the report has it |
| `time` | timestamp[ns, UTC] | of the report; null where it had none |
| `verdict`, `reason` | dictionary of text | words of `core.verdicts` |
| `flags` | text | words joined by `|`, empty for none |
| `territory` | text | id of the governing territory, empty for none |
| `release`, `block_serial` | int64 | serials of what decided |
| `valid_until` | timestamp[ns, UTC] | until when the same report would get this verdict; null is "for good" |

Dictionaries hold every word at the place of its number, whatever the rows, so that batches of one file agree.
While a file is written, flags and territories are dictionaries too (`CODED`): words are few, rows are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NEVER, NO_TIME
from groundpass.kernel.core.verdicts import Flag, Reason, Verdict, flag_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_WORDS: Final = pa.dictionary(pa.int8(), pa.string())
_MOMENT: Final = pa.timestamp("ns", "UTC")
VERDICTS: Final = pa.schema(
    [
        ("terminal", pa.string()),
        ("time", _MOMENT),
        ("verdict", _WORDS),
        ("reason", _WORDS),
        ("flags", pa.string()),
        ("territory", pa.string()),
        ("release", pa.int64()),
        ("block_serial", pa.int64()),
        ("valid_until", _MOMENT),
    ]
)
CODED: Final = pa.schema(
    [
        VERDICTS.field(name)
        if name not in {"flags", "territory"}
        else (name, pa.dictionary(pa.int32(), pa.string()))
        for name in VERDICTS.names
    ]
)


def _dictionary(words: type[Verdict | Reason]) -> pa.Array:
    names = {word.value: word.name for word in words}
    return pa.array([names.get(number, "") for number in range(max(names) + 1)], pa.string())


_VERDICT_WORDS: Final = _dictionary(Verdict)
_REASON_WORDS: Final = _dictionary(Reason)
_FLAG_WORDS: Final = pa.array(["|".join(flag_names(bits)) for bits in range(1 << len(Flag))], pa.string())


def coded_verdicts(  # noqa: PLR0913 -- one argument a column, by name
    *,
    terminal: pa.Array | pa.ChunkedArray,
    time_ns: npt.NDArray[np.int64],
    verdict: npt.NDArray[np.uint8],
    reason: npt.NDArray[np.uint8],
    flags: npt.NDArray[np.uint8],
    territory: npt.NDArray[np.uint16],
    valid_until_ns: npt.NDArray[np.int64],
    territories: Sequence[str],
    release: int,
    block_serial: int,
) -> pa.Table:
    """Turn columns of numbers into verdicts whose words are dictionaries (`CODED`).

    territory: 1-based index into `territories`, 0 for none · time_ns: NO_TIME for none · valid_until_ns:
    NEVER for none. Raises BadInput when columns differ in length.
    """
    count = len(terminal)
    lengths = {len(column) for column in (time_ns, verdict, reason, flags, territory, valid_until_ns)}
    if lengths != {count}:
        raise BadInput(f"Columns of verdicts differ in length: {sorted(lengths | {count})}")
    places = pa.array(["", *territories], pa.string())
    columns = [
        terminal.cast(pa.string()),
        pa.array(time_ns, _MOMENT, mask=time_ns == NO_TIME),
        pa.DictionaryArray.from_arrays(pa.array(verdict.astype(np.int8)), _VERDICT_WORDS),
        pa.DictionaryArray.from_arrays(pa.array(reason.astype(np.int8)), _REASON_WORDS),
        pa.DictionaryArray.from_arrays(pa.array(flags.astype(np.int32)), _FLAG_WORDS),
        pa.DictionaryArray.from_arrays(pa.array(territory.astype(np.int32)), places),
        pa.repeat(pa.scalar(release, pa.int64()), count),
        pa.repeat(pa.scalar(block_serial, pa.int64()), count),
        pa.array(valid_until_ns, _MOMENT, mask=valid_until_ns == NEVER),
    ]
    return pa.Table.from_arrays(columns, schema=CODED)


def plain_verdicts(coded: pa.Table) -> pa.Table:
    """The same with the columns as the head of this module says."""
    return coded.cast(VERDICTS)
