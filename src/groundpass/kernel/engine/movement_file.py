r"""The tracks' state as bytes: a magic line, then six Arrow IPC streams.

Layout: `groundpass/movement/2\n` ‖ caps ‖ terminals ‖ doubts ‖ events ‖ tells of clones ‖ counts of settling.

Rules:
1. Canonical: terminals in the order of their keys, only the caps that some of them has, in their order, the
   one of nobody first; doubts only of terminals that have one, counts only where there is something to count.
   The same state gives the same bytes.
2. Wrong bytes raise BadInput; what is read fits the memory that it goes into, and nothing is cast to fit.
3. The file holds places of terminals. It belongs into the operator's store, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from groundpass.kernel.compiled.tracks import (
    DOUBT,
    DOUBTED,
    FROZEN_JUMP,
    JUMP,
    NOWHERE,
    PENDING,
    START,
    STATE,
    SUSPECT,
    VECTOR,
)
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.engine.fixes import DEGREE
from groundpass.kernel.engine.settling import Settling
from groundpass.kernel.engine.sharing import Events

MAGIC: Final = b"groundpass/movement/2\n"
Ints = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Law = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Saved:
    """The state of a `Movement` apart from its numbers of terminals.

    laws: caps, by the number that `state` uses, the first is none · keys: uint64[n] · state, doubt: rows of
    `compiled/tracks.py`, one a key · events, and the key of each · tells, the same: UTC ns · settling: counts
    of the terminals in the order of `keys`.
    """

    laws: list[Law]
    keys: Keys
    state: npt.NDArray[np.void]
    doubt: npt.NDArray[np.void]
    event_keys: Keys
    events: Events
    tell_keys: Keys
    tell_ns: Ints
    settling: Settling


def _schema(columns: dict[str, Any]) -> pa.Schema:
    """An Arrow schema of columns that are never null."""
    return pa.schema(
        [pa.field(name, pa.from_numpy_dtype(kind), nullable=False) for name, kind in columns.items()]
    )


def _fields(rows: np.dtype[np.void]) -> dict[str, Any]:
    """The fields of a row that mean something."""
    return {name: kind[0] for name, kind in (rows.fields or {}).items() if name != "spare"}


_KEY: Final = {"key": np.dtype("u8")}
_EVENT: Final = {name: np.dtype("i8") for name in ("time_ns", "kind", "lat", "lon")} | {
    "east": np.dtype("f8"),
    "north": np.dtype("f8"),
    "shared": np.dtype("u1"),
}
LAWS: Final = _schema({name: np.dtype("f8") for name in ("cap", "sustained", "release")})
TERMINALS: Final = _schema(_KEY | _fields(STATE))
DOUBTS: Final = _schema(_KEY | _fields(DOUBT))
EVENTS: Final = _schema(_KEY | _EVENT)
TELLS: Final = _schema(_KEY | {"time_ns": np.dtype("i8")})
COUNTS: Final = pa.schema(
    [
        pa.field("key", pa.uint64(), nullable=False),
        pa.field("territory", pa.string(), nullable=False),
        pa.field("count", pa.uint16(), nullable=False),
    ]
)


def write_movement(saved: Saved) -> bytes:
    """Write a state."""
    order = np.argsort(saved.keys)
    state, doubt = saved.state[order], saved.doubt[order]
    laws = _used(saved.laws, state["rule"])
    renumbered = np.array([laws.index(law) if law in laws else 0 for law in saved.laws], np.uint16)
    terminals = {name: state[name] for name in _fields(STATE)} | {"rule": renumbered[state["rule"]]}
    doubted = np.flatnonzero(state["flags"] & (SUSPECT | DOUBTED | PENDING))
    event_order = np.lexsort((saved.events.kind, saved.events.time_ns, saved.event_keys))
    events = saved.events.pick(event_order)
    tables = (
        (LAWS, dict(zip(LAWS.names, np.array(laws, np.float64).T, strict=True))),
        (TERMINALS, {"key": saved.keys[order]} | terminals),
        (
            DOUBTS,
            {"key": saved.keys[order][doubted]} | {name: doubt[name][doubted] for name in DOUBTS.names[1:]},
        ),
        (EVENTS, {"key": saved.event_keys[event_order]} | _event_columns(events)),
        (TELLS, _tell_columns(saved)),
        (COUNTS, _count_columns(saved, order)),
    )
    sink = pa.BufferOutputStream()
    sink.write(MAGIC)
    for schema, columns in tables:
        table = pa.table(
            [pa.array(columns[name], schema.field(name).type) for name in schema.names], schema=schema
        )
        with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
            stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def read_movement(data: bytes) -> Saved:
    """Read a state. Raises BadInput."""
    if not data.startswith(MAGIC):
        raise BadInput("The bytes are not tracks of this format")
    source = pa.BufferReader(pa.py_buffer(data).slice(len(MAGIC)))
    laws, terminals, doubts, events, tells, counts = (
        _stream(source, schema) for schema in (LAWS, TERMINALS, DOUBTS, EVENTS, TELLS, COUNTS)
    )
    if source.tell() != source.size():
        raise BadInput("Tracks go on after their end")
    keys = terminals["key"]
    _hold(len(keys) < 1 or (keys[0] > 0 and bool(np.all(keys[1:] > keys[:-1]))), "keys are not in order")
    _hold(bool(np.all(terminals["rule"] < len(laws["cap"]))), "a cap is not there")
    _hold(len(laws["cap"]) > 0 and laws["cap"][0] == np.inf, "the first cap is not none")
    state = np.zeros(len(keys), STATE)
    doubt = np.zeros(len(keys), DOUBT)
    for name in _fields(STATE):
        state[name] = terminals[name]
    place = _places(keys, doubts["key"])
    for name in _fields(DOUBT):
        doubt[name][place] = doubts[name]
    for lat, lon in (("lat", "lon"), ("first_lat", "first_lon"), ("area_lat", "area_lon")):
        _on_earth(doubts[lat], doubts[lon])
    _on_earth(terminals["lat"], terminals["lon"])
    _places(keys, events["key"])
    _places(keys, tells["key"])
    rows = [tuple(row) for row in np.column_stack([laws[name] for name in LAWS.names]).tolist()]
    told = tells["key"], tells["time_ns"]
    return Saved(rows, keys, state, doubt, events["key"], _events(events), *told, _settling(keys, counts))


def _used(laws: list[Law], numbers: npt.NDArray[np.uint16]) -> list[Law]:
    """The caps that somebody has, in order, after the one of nobody."""
    return [laws[0], *sorted(laws[number] for number in np.unique(numbers).tolist() if number)]


def _tell_columns(saved: Saved) -> dict[str, npt.NDArray[Any]]:
    """Each tell once, in order."""
    tells = sorted(set(zip(saved.tell_keys.tolist(), saved.tell_ns.tolist(), strict=True)))
    return {
        "key": np.array([key for key, _ in tells], np.uint64),
        "time_ns": np.array([told for _, told in tells], np.int64),
    }


def _count_columns(saved: Saved, order: Ints) -> dict[str, npt.NDArray[Any]]:
    """Counts above nought, by territory and key."""
    keys, names, counts = [saved.keys[:0]], [np.empty(0, np.str_)], [np.empty(0, np.uint16)]
    for name, column in sorted(saved.settling.counts.items()):
        held = order[order < len(column)]
        held = held[column[held] > 0]
        keys.append(saved.keys[held])
        names.append(np.full(len(held), name))
        counts.append(column[held])
    whole = (np.concatenate(parts) for parts in (keys, names, counts))
    return dict(zip(COUNTS.names, whole, strict=True))


def _settling(keys: Keys, columns: dict[str, npt.NDArray[Any]]) -> Settling:
    """Counts in the order of keys."""
    place, counts = _places(keys, columns["key"]), {}
    for name in sorted(set(columns["territory"].tolist())):
        rows = np.flatnonzero(columns["territory"] == name)
        counts[name] = np.zeros(len(keys), np.uint16)
        counts[name][place[rows]] = columns["count"][rows]
    return Settling(counts)


def _event_columns(events: Events) -> dict[str, npt.NDArray[Any]]:
    return {
        "time_ns": events.time_ns,
        "kind": events.kind,
        "lat": events.place[:, 0],
        "lon": events.place[:, 1],
        "east": events.velocity[:, 0],
        "north": events.velocity[:, 1],
        "shared": events.shared.astype(np.uint8),
    }


def _events(columns: dict[str, npt.NDArray[Any]]) -> Events:
    """Events of nobody yet: their terminals are keys until they have numbers."""
    _hold(bool(np.isin(columns["kind"], (JUMP, FROZEN_JUMP, START, VECTOR)).all()), "an event is of no kind")
    _hold(bool(np.all(columns["lat"] != NOWHERE)), "an event has no place")
    _on_earth(columns["lat"], columns["lon"])
    place = np.column_stack([columns["lat"], columns["lon"]])
    velocity = np.column_stack([columns["east"], columns["north"]])
    moving = np.isin(columns["kind"], (START, VECTOR))
    _hold(bool(np.isfinite(velocity).all() and velocity[moving].any(axis=1).all()), "a start stands still")
    nobody = np.zeros(len(place), np.int64)
    events = Events.of(nobody, columns["time_ns"].copy(), columns["kind"].copy(), place, velocity)
    events.shared = columns["shared"] != 0
    return events


def _stream(source: pa.BufferReader, schema: pa.Schema) -> dict[str, npt.NDArray[Any]]:
    """The columns of the next stream."""
    try:
        with pa.ipc.open_stream(source) as stream:
            if not stream.schema.equals(schema):
                raise BadInput("A table of tracks has other columns", why=f"it has {stream.schema.names}")
            table = stream.read_all()
            table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadInput("A table of tracks does not read", why=str(error)) from error
    _hold(all(column.null_count == 0 for column in table.columns), "a number is missing")
    return {name: table[name].to_numpy(zero_copy_only=False) for name in schema.names}


def _places(keys: Keys, wanted: Keys) -> Ints:
    """Where keys stand. Raises BadInput for one that is not there."""
    place = np.searchsorted(keys, wanted)
    _hold(bool(np.all(place < len(keys))) and bool(np.all(keys[place] == wanted)), "a key is not there")
    return place.astype(np.int64)


def _on_earth(lat: npt.NDArray[Any], lon: npt.NDArray[Any]) -> None:
    there = (np.abs(lat.astype(np.int64)) <= 90 * DEGREE) | (lat == NOWHERE)
    _hold(
        bool(there.all() and np.all(np.abs(lon.astype(np.int64)) <= 180 * DEGREE)), "a place is not on earth"
    )


def _hold(holds: object, why: str) -> None:
    """Refuse the bytes where something does not hold."""
    if not holds:
        raise BadInput("The bytes are not tracks", why=why)
