"""Small files that claim to be large: what a reader allocates follows from stated bounds, not from claims."""

from __future__ import annotations

import struct
import tracemalloc

import msgspec
import pyarrow as pa
import pytest

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.wire import canonical, delta, header, observations, snapshot
from groundpass.kernel.wire.container import write
from groundpass.kernel.wire.header import StateHeader, TimersHeader

ENOUGH = 64 * 2**20  # bytes that refusing may take


def claim(entries):
    """A header of a state that claims entries and nothing else."""
    return canonical.write(
        StateHeader(
            format="groundpass/state/1",
            feed="ua-demo",
            session="00",
            serial=2,
            issued=0,
            scheme="utid",
            profiles=("unlisted", "standard"),
            entries=entries,
            territories=(),
            rules=(),
            timers=TimersHeader(60, 900, 1_209_600),
            unlocated_listed=1,
            unlocated_others=0,
            after_hold_others=None,
        )
    )


def delta_header(text, **rows):
    return delta.DeltaHeader(
        **{
            "format": "groundpass/delta/1",
            "from_serial": 1,
            "to_serial": 2,
            "removed": 0,
            "upserts": 0,
            "polygons": (),
            "state_hash": "0" * 64,
            "state_header": len(text),
            **rows,
        }
    )


@pytest.fixture
def peak():
    """Give the bytes allocated at most since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def zeros(count):
    return pa.Codec("zstd").compress(bytes(count), asbytes=True)


def test_a_snapshot_that_claims_millions_of_entries_and_holds_few_is_refused_cheaply(peak):
    text = claim(header.MAX_ENTRIES)
    head = snapshot.SnapshotHeader("groundpass/snapshot/1", "0" * 64, len(text))
    data = write(snapshot.MAGIC, head, [text, b"few"])
    with pytest.raises(BadInput):
        snapshot.unpack(data)
    assert peak() < ENOUGH


def test_a_delta_that_claims_millions_of_removals_is_refused_cheaply(peak):
    text = claim(0)
    data = write(delta.MAGIC, delta_header(text, removed=header.MAX_ENTRIES), [text, b"few"])
    with pytest.raises(BadInput):
        delta.unpack(data)
    assert peak() < ENOUGH


def test_a_frame_that_unfolds_further_than_its_size_is_refused_cheaply(peak):
    text = claim(2)
    data = write(delta.MAGIC, delta_header(text, removed=2), [text])
    bomb = zeros(2**28)
    tracemalloc.reset_peak()
    with pytest.raises(BadInput):
        delta.unpack(data + struct.pack("<Q", len(bomb)) + bomb)
    assert peak() < ENOUGH


@pytest.mark.parametrize("rows", [header.MAX_ENTRIES + 1, 2**53, -1])
def test_counts_beyond_the_bounds_are_refused_by_their_number(rows):
    text = claim(0)
    plain = write(delta.MAGIC, delta_header(text), [text])
    changed = plain.replace(b'"removed":0', b'"removed":%d' % rows)
    length = struct.unpack_from("<I", plain, 8)[0] + len(changed) - len(plain)
    with pytest.raises(BadInput):
        delta.unpack(changed[:8] + struct.pack("<I", length) + changed[12:])
    with pytest.raises(BadInput):
        claim(rows)


def test_a_section_that_claims_more_bytes_than_the_file_has_is_refused():
    text = claim(0)
    data = write(delta.MAGIC, delta_header(text), [text])
    with pytest.raises(BadInput):
        delta.unpack(data[: data.index(b"}") + 1] + struct.pack("<Q", 2**63) + b"x")


def test_deep_json_is_refused_and_does_not_overflow_the_stack():
    for nested in (b"[" * 100_000, b'{"a":' * 100_000):
        head = nested[: 2**20]
        data = observations.MAGIC + struct.pack("<I", len(head)) + head
        with pytest.raises(BadInput):
            observations.unpack(data)


def test_numbers_that_do_not_fit_never_wrap():
    text = claim(0)
    for number in (b"18446744073709551616", b"9007199254740992", b"1e3", b"-0", b"NaN"):
        with pytest.raises(BadInput):
            canonical.read(text.replace(b'"serial":2', b'"serial":' + number), StateHeader, limit=10_000)


def test_a_value_out_of_its_type_is_refused_when_written():
    head = delta_header(b"x")
    with pytest.raises(BadInput):
        canonical.write(msgspec.structs.replace(head, to_serial="2"))
