from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.wire import canonical, notification
from groundpass.kernel.wire.notification import FeedTimers, FileRef

if TYPE_CHECKING:
    from types import SimpleNamespace


def test_a_notification_survives_the_road_through_its_bytes(samples: SimpleNamespace):
    wanted = samples.notification()
    data = notification.encode(wanted)
    assert notification.decode(data) == wanted
    assert data == msgspec.json.encode(msgspec.json.decode(data), order="sorted")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"serial":42', b'"serial":42,"more":1'),
        (b'"serial":42', b'"serial":43'),
        (b'"serial":42', b'"serial":4e1'),
        (b'"name":"snapshot-42"', b'"name":"../snapshot-42"'),
        (b'"name":"snapshot-42"', b'"name":"snapshot-42\\n"'),
        (b'"name":"snapshot-42"', b'"name":"snapshot-41"'),
        (b'"size":65564', b'"size":0'),
        (b'"size":65564', b'"size":99999999999'),
        (b'"hold":1209600', b'"hold":1'),
        (b'"poll_ms":500', b'"poll_ms":0'),
        (b"{", b" {"),
        (b'"scheme":"utid"', b'"scheme":"utid\xff"'),
    ],
)
def test_a_malformed_notification_is_refused(samples: SimpleNamespace, old: bytes, new: bytes):
    data = notification.encode(samples.notification())
    assert old in data
    with pytest.raises(BadInput):
        notification.decode(data.replace(old, new, 1))


def test_a_flipped_bit_gives_another_notification_or_a_refusal(samples: SimpleNamespace):
    data = notification.encode(samples.notification())
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                assert notification.decode(bytes(flipped)) != samples.notification()
            except BadInput:
                continue


def test_a_notification_longer_than_its_limit_is_not_parsed():
    with pytest.raises(BadInput, match="more than"):
        notification.decode(b" " * (notification.MAX_BYTES + 1))


def faulty(samples: SimpleNamespace):
    """Give each way in which deltas contradict each other, with a word of its reason."""
    good = samples.notification()
    first, second = good.deltas
    replace = msgspec.structs.replace
    yield "start", (first, replace(second, from_serial=40, name="delta-40-42"))
    yield "ends at", (first,)
    yield "named", (first, replace(second, name="delta-1-2"))
    yield "forward", (replace(first, from_serial=41), second)
    yield "another state", (first, replace(second, state_hash="0" * 64))
    yield (
        "more than",
        tuple(replace(first, from_serial=n, to_serial=n + 1, name=f"delta-{n}-{n + 1}") for n in range(101)),
    )


def test_deltas_that_make_no_sense_are_read_and_named_but_never_published(samples: SimpleNamespace):
    good = samples.notification()
    assert good.fault_of_deltas() == ""
    for word, deltas in faulty(samples):
        wrong = msgspec.structs.replace(good, deltas=deltas)
        assert word in notification.decode(canonical.write(wrong)).fault_of_deltas()
        with pytest.raises(BadInput):
            notification.encode(wrong)


def test_a_client_finds_its_way_from_the_serial_it_holds(samples: SimpleNamespace):
    good = samples.notification()
    assert [delta.name for delta in good.path_from(40)] == ["delta-40-41", "delta-41-42"]
    assert [delta.name for delta in good.path_from(41)] == ["delta-41-42"]
    assert good.path_from(39) == good.path_from(42) == ()


def test_the_snapshot_is_named_after_the_serial(samples: SimpleNamespace):
    wrong = msgspec.structs.replace(samples.notification(), snapshot=FileRef("snapshot-1", "0" * 64, 1))
    with pytest.raises(BadInput):
        notification.encode(wrong)


def test_timers_out_of_order_are_refused(samples: SimpleNamespace):
    wrong = msgspec.structs.replace(samples.notification(), timers=FeedTimers(refresh=10, alarm=5))
    with pytest.raises(BadInput):
        notification.encode(wrong)
