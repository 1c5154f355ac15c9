from __future__ import annotations

import dataclasses
import math
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.state import Entries, Rule
from groundpass.kernel.core.verdicts import Action
from groundpass.kernel.wire.state import MAGIC, decode, encode, state_hash

if TYPE_CHECKING:
    from types import SimpleNamespace


def change_header(data: bytes, old: bytes, new: bytes) -> bytes:
    """Rewrite a text of the header and mend the length and the alignment."""
    (length,) = struct.unpack_from("<I", data, 8)
    header = data[12 : 12 + length]
    assert header.count(old) >= 1
    rest = data[12 + length + -(12 + length) % 8 :]
    header = header.replace(old, new, 1)
    return MAGIC + struct.pack("<I", len(header)) + header + bytes(-(12 + len(header)) % 8) + rest


def test_a_state_survives_the_road_through_its_bytes(samples: SimpleNamespace):
    data = encode(samples.new_state())
    again = decode(data)
    assert encode(again) == data
    assert again.territories == (samples.PLAIN, samples.RING)
    assert again.entries.key.tolist() == samples.new_state().entries.key.tolist()
    assert again.after_hold_others == samples.new_state().after_hold_others


def test_the_order_in_which_a_state_was_put_together_does_not_show(samples: SimpleNamespace):
    state = samples.new_state()
    shuffled = dataclasses.replace(state, territories=state.territories[::-1], rules=state.rules[::-1])
    assert encode(shuffled) == encode(state)
    assert state_hash(shuffled) == state_hash(state)


def test_a_state_can_be_read_from_a_memory_map(samples: SimpleNamespace):
    data = encode(samples.new_state())
    state = decode(memoryview(data))
    assert not state.entries.key.flags.owndata
    assert state.entries.key.flags.aligned
    assert encode(state) == data


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"entries":5', b'"entries":5 '),
        (b'"entries":5', b'"entries": 5'),
        (b'"entries":5', b'"entries":4'),
        (b'"entries":5', b'"entries":2000000000'),
        (b'"entries":5', b'"entries":-5'),
        (b'"entries":5', b'"entries":5.0'),
        (b'"entries":5', b'"entries":5,"entries":5'),
        (b'"entries":5', b'"entries":5,"extra":1'),
        (b'"serial":42', b'"serial":"42"'),
        (b'"speed_cap":75.5', b'"speed_cap":75.50'),
        (b'"speed_cap":75.5', b'"speed_cap":7.55e1'),
        (b'"speed_cap":75.0', b'"speed_cap":75'),
        (b'"permitted":["levada","yar"]', b'"permitted":["yar","levada"]'),
        (b'"permitted":["levada","yar"]', b'"permitted":["levada","levada"]'),
        (b'"permitted":["levada","yar"]', b'"permitted":["levada","nowhere"]'),
        (b"groundpass/state/1", b"groundpass/state/2"),
        (b'"id":"levada"', b'"id":"zevada"'),
        (b'"end":null', b'"end":9223372036854775807'),
        (b'"alarm":600', b'"alarm":10'),
        (b'"unlocated_others":2', b'"unlocated_others":3'),
        (b'"feed":"ua-demo"', b'"feed":""'),
        (b'"feed":"ua-demo"', b'"feed":"ua\\u002ddemo"'),
        (b'"session":"5f', b'"session":"../'),
    ],
)
def test_another_spelling_of_a_header_is_refused(samples: SimpleNamespace, old: bytes, new: bytes):
    data = encode(samples.new_state())
    assert encode(decode(change_header(data, old, old))) == data
    with pytest.raises(BadInput):
        decode(change_header(data, old, new))


def test_bytes_cut_anywhere_or_continued_are_refused(samples: SimpleNamespace):
    data = encode(samples.new_state())
    for end in range(len(data)):
        with pytest.raises(BadInput):
            decode(data[:end])
    with pytest.raises(BadInput):
        decode(data + b"\0")


def test_a_flipped_bit_gives_another_state_or_a_refusal_and_never_the_same_hash(samples: SimpleNamespace):
    data = encode(samples.new_state())
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        try:
            state = decode(bytes(flipped))
        except BadInput:
            continue
        assert encode(state) == flipped


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_refused(noise: bytes):
    with pytest.raises(BadInput):
        decode(MAGIC + noise)
    with pytest.raises(BadInput):
        decode(noise)


def test_a_header_that_claims_a_great_length_allocates_nothing():
    with pytest.raises(BadInput):
        decode(MAGIC + struct.pack("<I", 2**32 - 1) + b"{}")


@pytest.mark.parametrize(
    "wkb",
    [
        b"",
        b"nonsense",
        shapely.to_wkb(shapely.Point(30, 50)),
        shapely.to_wkb(shapely.Polygon()),
        shapely.to_wkb(shapely.box(200, 50, 210, 51)),
        shapely.to_wkb(shapely.box(30, 80, 31, 91)),
        shapely.to_wkb(shapely.Polygon([(30, 50, 1), (31, 50, 1), (31, 51, 1)]), output_dimension=3),
        shapely.to_wkb(shapely.box(30, 50, 31, 51)).replace(
            struct.pack("<d", 51), struct.pack("<d", math.nan)
        ),
        shapely.to_wkb(shapely.box(30, 50, 31, 51))[:-8],
    ],
)
def test_a_polygon_that_would_fail_at_the_operator_is_refused_here(samples: SimpleNamespace, wkb: bytes):
    territory = dataclasses.replace(samples.PLAIN, wkb=wkb)
    with pytest.raises(BadInput):
        encode(dataclasses.replace(samples.old_state(), territories=(territory,)))


@pytest.mark.parametrize("cap", [math.nan, math.inf, -1.0])
def test_a_speed_cap_that_is_no_speed_is_refused_and_never_becomes_no_cap(
    samples: SimpleNamespace, cap: float
):
    rules = (Rule("levada", "standard", Action.ALLOW, speed_cap=cap),)
    with pytest.raises(BadInput):
        encode(dataclasses.replace(samples.old_state(), rules=rules))


@pytest.mark.parametrize(
    "change",
    [
        {"session": "not hex"},
        {"feed": ""},
        {"feed": "a\nb"},
        {"issued": -1},
        {"serial": 2**60},
        {"feed": "\ud800"},
    ],
)
def test_a_field_out_of_its_bounds_is_refused_when_written(
    samples: SimpleNamespace, change: dict[str, object]
):
    with pytest.raises(BadInput):
        encode(dataclasses.replace(samples.old_state(), **change))


def test_an_empty_state_has_bytes_too(samples: SimpleNamespace):
    state = dataclasses.replace(samples.old_state(), entries=Entries.empty(), territories=(), rules=())
    assert len(decode(encode(state)).entries) == 0


def test_columns_are_little_endian_and_start_on_a_multiple_of_eight(samples: SimpleNamespace):
    data = encode(samples.old_state())
    place = data.index(struct.pack("<QQ", 1, 2**32))
    assert place % 8 == 0
    assert np.frombuffer(data, "<u8", 6, place).tolist() == samples.old_state().entries.key.tolist()
