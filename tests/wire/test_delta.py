from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundpass.kernel.core.errors import BadInput, NotVerified
from groundpass.kernel.core.state import Rule
from groundpass.kernel.core.verdicts import Action
from groundpass.kernel.wire import delta
from groundpass.kernel.wire.state import encode

if TYPE_CHECKING:
    from types import SimpleNamespace

keys = st.integers(1, 40)  # few, so that histories remove, change and bring back
row = st.tuples(st.integers(1, 2), st.integers(0, 5), st.integers(6, 9))
histories = st.lists(
    st.tuples(st.dictionaries(keys, row, max_size=12), st.sampled_from(["", "p", "r", "pr"]), st.booleans()),
    min_size=2,
    max_size=6,
)


def states(samples: SimpleNamespace, history: list[tuple[dict[int, tuple[int, int, int]], str, bool]]):
    """Turn a drawn history into states with serials 1, 2, 3 …"""
    pieces = {"p": samples.PLAIN, "r": samples.RING}
    for serial, (rows, letters, denies) in enumerate(history, 1):
        territories = tuple(pieces[letter] for letter in letters)
        action = Action.DENY if denies else Action.ALLOW
        yield dataclasses.replace(
            samples.old_state(),
            serial=serial,
            entries=samples.entries([(key, *values) for key, values in rows.items()]),
            territories=territories,
            rules=tuple(Rule(territory.id, "standard", action) for territory in territories),
        )


@settings(max_examples=60, deadline=None)
@given(histories)
def test_full_is_base_and_deltas_for_every_base(
    samples: SimpleNamespace, history: list[tuple[dict[int, tuple[int, int, int]], str, bool]]
):
    releases = list(states(samples, history))
    steps = [delta.unpack(delta.pack(delta.diff(old, new))) for old, new in itertools.pairwise(releases)]
    for base in range(len(releases)):
        held = releases[base]
        for step, full in zip(steps[base:], releases[base + 1 :], strict=True):
            held = delta.apply(held, step)
            assert encode(held) == encode(full)
        leap = releases[base]
        if base + 1 < len(releases):
            leap = delta.apply(leap, delta.diff(releases[base], releases[-1]))
        assert encode(leap) == encode(releases[-1])


def test_a_delta_carries_only_what_changed(samples: SimpleNamespace):
    step = delta.diff(samples.old_state(), samples.new_state())
    assert step.removed.tolist() == [2**32, 2**63]
    assert step.upserts.key.tolist() == [77, 2**63 + 1]
    assert step.polygons == (samples.RING.wkb,)
    assert (step.from_serial, step.to_serial) == (41, 42)


def test_a_delta_does_not_fit_another_state(samples: SimpleNamespace):
    old, new = samples.old_state(), samples.new_state()
    step = delta.diff(old, new)
    assert encode(delta.apply(old, step)) == encode(new)
    others = [
        dataclasses.replace(old, serial=40),
        dataclasses.replace(old, session="00"),
        dataclasses.replace(old, feed="other"),
        dataclasses.replace(old, entries=samples.entries([(1, 1, 0, 9)])),
        dataclasses.replace(new, serial=41, territories=(samples.RING,), rules=()),
    ]
    for other in others:
        with pytest.raises(NotVerified):
            delta.apply(other, step)


def test_a_mutated_delta_never_gives_a_state(samples: SimpleNamespace):
    old = samples.old_state()
    step = delta.diff(old, samples.new_state())
    mutated = [
        dataclasses.replace(step, removed=step.removed[:1]),
        dataclasses.replace(step, upserts=samples.entries([(77, 3, 0, 9)])),
        dataclasses.replace(step, upserts=samples.entries([])),
        dataclasses.replace(step, polygons=()),
        dataclasses.replace(step, polygons=(samples.PLAIN.wkb,)),
        dataclasses.replace(step, state_hash="0" * 64),
    ]
    for wrong in mutated:
        with pytest.raises(NotVerified):
            delta.apply(old, wrong)


def test_there_is_no_delta_across_sessions_nor_backwards(samples: SimpleNamespace):
    old, new = samples.old_state(), samples.new_state()
    for wrong in (dataclasses.replace(new, session="00"), dataclasses.replace(new, serial=41)):
        with pytest.raises(BadInput):
            delta.diff(old, wrong)


def test_a_flipped_bit_is_refused_or_changes_nothing(samples: SimpleNamespace):
    old = samples.old_state()
    data = delta.pack(delta.diff(old, samples.new_state()))
    plain = encode(samples.new_state())
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                state = delta.apply(old, delta.unpack(bytes(flipped)))
            except (BadInput, NotVerified):
                continue
            assert encode(state) == plain


def test_a_delta_cut_anywhere_or_continued_is_refused(samples: SimpleNamespace):
    data = delta.pack(delta.diff(samples.old_state(), samples.new_state()))
    for end in range(len(data)):
        with pytest.raises(BadInput):
            delta.unpack(data[:end])
    with pytest.raises(BadInput):
        delta.unpack(data + b"\0")


def test_serials_that_contradict_each_other_are_refused(samples: SimpleNamespace):
    data = delta.pack(delta.diff(samples.old_state(), samples.new_state()))
    for old, new in ((b'"to_serial":42', b'"to_serial":43'), (b'"from_serial":41', b'"from_serial":42')):
        with pytest.raises(BadInput):
            delta.unpack(data.replace(old, new))
