"""A kill, a full disk or a broken one, at any call that changes the store: the old or the new, whole."""

from __future__ import annotations

import errno
import os
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from groundpass.kernel.core.errors import CannotRun
from groundpass.operator.sync import sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Field
    from groundpass.operator.store import Store

CALLS = ("replace", "rename", "fsync", "open", "mkdir", "unlink", "rmdir", "symlink", "remove", "fdopen")
PATCH = pytest.MonkeyPatch


def on_each_call(patch: PATCH, act: Callable[[int], None]) -> list[int]:
    """Have `act(n)` run before the n-th call that changes the disk; gives a counter."""
    count = [0]

    def wrapped(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            count[0] += 1
            act(count[0])
            return real(*arguments, **named)

        return call

    for name in CALLS:
        patch.setattr(os, name, wrapped(getattr(os, name)))
    return count


def sync_in_child(store: Store, now: int, kill_at: int) -> int:
    """Sync in a process that dies before call `kill_at`, with no clean-up; gives how many calls it made."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        count = on_each_call(PATCH(), lambda number: os._exit(9) if number == kill_at else None)
        with suppress(BaseException):
            sync("", store.folder, now=now)
        os.write(writer, struct.pack("<I", count[0]))
        os._exit(0)
    os.close(writer)
    answer = os.read(reader, 4)
    os.close(reader)
    os.waitpid(child, 0)
    return struct.unpack("<I", answer)[0] if answer else 0


@pytest.mark.parametrize("serial", [0, 1], ids=["first sync", "later sync"])
def test_a_kill_at_any_call_leaves_the_old_or_the_new_release_whole(battle: Field, serial: int) -> None:
    now = battle.publisher.now
    calls = sync_in_child(battle.copy_store(serial), now, kill_at=0)
    assert calls > 20
    found = set()
    for number in range(1, calls + 1):
        store = battle.copy_store(serial)
        assert sync_in_child(store, now, kill_at=number) == 0
        held = battle.holds(store)
        assert held in {(serial, battle.hashes[serial]), (2, battle.hashes[2])}
        found.add(held[0])
        assert sync("", store.folder, now=now).serial == 2
        assert battle.holds(store) == (2, battle.hashes[2])
    assert found == {serial, 2}


@pytest.mark.parametrize(
    ("serial", "fault"), [(0, errno.EIO), (1, errno.ENOSPC)], ids=["first, EIO", "later, full"]
)
def test_a_disk_that_fails_at_any_call_leaves_the_old_or_the_new_release_whole(
    battle: Field, serial: int, fault: int
) -> None:
    now, number, calls = battle.publisher.now, 0, 1
    while number < calls:
        number += 1
        store = battle.copy_store(serial)

        def fail(at: int, this: int = number) -> None:
            if at == this:
                raise OSError(fault, os.strerror(fault))

        with PATCH.context() as patch:
            count = on_each_call(patch, fail)
            with suppress(CannotRun):
                sync("", store.folder, now=now)
        calls = max(calls, count[0])
        assert battle.holds(store) in {(serial, battle.hashes[serial]), (2, battle.hashes[2])}
        assert sync("", store.folder, now=now).serial == 2
    assert calls > 20
