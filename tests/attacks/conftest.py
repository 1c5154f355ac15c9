"""A feed at serial 2, and two stores: one that never synced, one at serial 1."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from groundpass.kernel.wire.state import state_hash
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import sync
from support.publisher import Publisher, utid
from support.times import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Field:
    """`hashes`: of the states by serial; `stores`: serial held (0 for none) → a store to copy."""

    publisher: Publisher
    hashes: dict[int, str]
    stores: dict[int, Path]
    workplace: Path

    def copy_store(self, serial: int) -> Store:
        """A fresh copy of the store at a serial; the one before is thrown away."""
        shutil.rmtree(self.workplace, ignore_errors=True)
        shutil.copytree(self.stores[serial], self.workplace, symlinks=True)
        return Store.open(self.workplace)

    def copy_feed(self, name: str) -> Path:
        """A copy of the public folder to be spoilt."""
        place = self.workplace.parent / name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.publisher.public, place)
        return place

    def holds(self, store: Store) -> tuple[int, str]:
        """Serial and recomputed hash of what decides; (0, "") for nothing."""
        if store.release() is None:
            return 0, ""
        state = store.current()
        return state.serial, state_hash(state)


@pytest.fixture(scope="module")
def battle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """In memory where the system offers a place there: hundreds of syncs flush thousands of files."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    base = str(memory) if os.access(memory, os.W_OK) else str(tmp_path_factory.mktemp("attacks"))
    with tempfile.TemporaryDirectory(prefix="groundpass-attacks-", dir=base) as name:
        yield prepared(Path(name))


def prepared(folder: Path) -> Field:
    keys = OperatorKeys.create(folder / "keys")
    publisher = Publisher(folder / "publisher", keys.wrap_public, NOW, listed=[utid(n) for n in range(1, 50)])
    feed = str(publisher.public)
    stores = {serial: folder / f"store-{serial}" for serial in (0, 1)}
    first = publisher.publish()
    for serial, place in stores.items():
        init_store(place, publisher.root, keys, feed, now=NOW)
        if serial:
            sync("", place, now=NOW)
    publisher.listed.append(utid(77))
    second = publisher.later(60).publish()
    hashes = {0: "", 1: state_hash(first), 2: state_hash(second)}
    return Field(publisher, hashes, stores, folder / "copy")
