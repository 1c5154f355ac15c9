"""Files of telemetry: reports as they come in, sightings as they are kept.

Kept sightings lie in `feeds/<feed>/telemetry/`, one file an ingest, and are deleted after `KEPT`: the brake
looks back one day, and what is not needed is not held.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

from groundpass.authority.publication.api import Feed, entry_keys_of, work_folder
from groundpass.authority.telemetry.domain.sightings import SIGHTINGS, Batch
from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.core.state import DAY
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.wire.reports import REPORTS, check_columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT: Final = 2 * DAY  # seconds
USED: Final = ("terminal", "time", "lat", "lon")
MAX_SIGHTINGS: Final = 2**32  # bytes
_FORMATS: Final = {".csv": "csv", ".parquet": "parquet", ".arrow": "ipc", ".feather": "ipc"}


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex. Raises BadInput where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"The reports {path} cannot be read", why=str(error)) from error


def batches(path: Path, feed: Feed) -> Iterator[tuple[int, Batch]]:
    """Read reports by the ending of their name; gives rows read, and those with an identifier and a time.

    Raises BadInput for another ending, wrong columns, or values that do not read.
    """
    try:
        reader = ds.dataset(path, format=_format(path))
        check_columns(reader.schema.names)
        names = [name for name in USED if name in reader.schema.names]
        for batch in reader.to_batches(columns=names):
            yield batch.num_rows, _batch(batch, feed)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"The reports {path.name} do not read", why=str(error).split("\n")[0]) from error


def _format(path: Path) -> ds.FileFormat | str:
    name = _FORMATS.get(path.suffix.lower())
    if name is None:
        raise BadInput(f"The reports {path.name} have no known ending", todo=f"Use {', '.join(_FORMATS)}")
    if name != "csv":
        return name
    types = {column: REPORTS.field(column).type for column in USED}
    return ds.CsvFileFormat(convert_options=pyarrow.csv.ConvertOptions(column_types=types))


def _batch(batch: pa.RecordBatch, feed: Feed) -> Batch:
    there = batch.filter(pc.and_(batch["terminal"].is_valid(), batch["time"].is_valid()))
    keys, _ = entry_keys_of(feed, there["terminal"])
    return Batch(keys, _times(there["time"]), _numbers(there, "lat"), _numbers(there, "lon"))


def _times(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    whole = column if pa.types.is_integer(column.type) else column.cast(pa.timestamp("ns", "UTC"))
    return np.asarray(whole.cast(pa.int64()), np.int64)


def _numbers(batch: pa.RecordBatch, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if name not in batch.schema.names:
        return np.full(batch.num_rows, np.nan)
    return np.asarray(batch[name].cast(pa.float64()).fill_null(np.nan), np.float64)


def write_sightings(feed: Feed, sha256: str, sightings: pa.Table) -> None:
    """Keep what an ingest gave."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, SIGHTINGS) as writer:
        writer.write_table(sightings)
    write_whole(_folder(feed) / f"{sha256}.arrow", sink.getvalue().to_pybytes(), mode=0o600)


def read_sightings(feed: Feed, sha256: str) -> pa.Table:
    """What an ingest gave; empty once it was dropped. Raises NotVerified where it does not read."""
    path = _folder(feed) / f"{sha256}.arrow"
    if not path.exists():
        return SIGHTINGS.empty_table()
    try:
        return pa.ipc.open_file(read_whole(path, limit=MAX_SIGHTINGS)).read_all().cast(SIGHTINGS)
    except pa.ArrowException as error:
        raise NotVerified(f"The sightings in {path} do not read", why=str(error)) from error


def drop_sightings(feed: Feed, sha256: str) -> None:
    """Delete what an ingest gave."""
    (_folder(feed) / f"{sha256}.arrow").unlink(missing_ok=True)


def _folder(feed: Feed) -> Path:
    return work_folder(feed) / "telemetry"
