"""The index beside a release: the same verdicts as from the state, whatever happens to the file."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from groundpass import Release
from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.engine.fast import FastView
from groundpass.kernel.engine.index_file import Index, index_bytes, open_index
from groundpass.operator.index import NAME, STAMP
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import sync
from support.publisher import Publisher, utid
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path

GRID = ("frame", "cells", "small", "lines", "masks", "slots")
SECTIONS = ("state", "entries.pilots", "entries.slots", *(f"grid.{name}" for name in GRID))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    keys = OperatorKeys.create(folder / "keys")
    publisher = Publisher(folder, keys.wrap_public, NOW, listed=[utid(n) for n in range(1, 500)])
    publisher.publish()
    store = init_store(folder / "store", publisher.root, keys, str(publisher.public), now=NOW)
    sync("", store.folder, now=NOW)
    return store.folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Store:
    return Store.open(shutil.copytree(made, tmp_path / "store"))


def index_of(store: Store) -> Path:
    return store.current_release().folder / NAME


def opened(store: Store) -> Index:
    return open_index(index_of(store), store.current_release().pointer.state_hash)


def decided(release: Release) -> list[tuple[str, str]]:
    """Reports of all kinds: plain, on the edge, uncertain, of nobody, from the future."""
    rng = np.random.default_rng(1)
    size = 400
    table = pa.table(
        {
            "terminal": [utid(int(number)) for number in rng.integers(1, 900, size)],
            "time": (NOW + rng.choice([-100, 0, 10_000], size)) * 10**9,
            "lat": rng.choice([50.0, 46.0, 45.999999, 90.0, np.nan], size),
            "lon": rng.choice([30.0, 24.0, 36.0, 180.0], size),
            "uncertainty_m": rng.choice([0.0, 5_000.0, np.nan], size),
        }
    )
    made = release.decide(table, now=NOW)
    return list(zip(made["verdict"].to_pylist(), made["reason"].to_pylist(), strict=True))


def verdicts(store: Store) -> list[tuple[str, str]]:
    return decided(Release.open(store))


def test_a_sync_leaves_an_index_that_decides_as_the_state_does(store: Store) -> None:
    index = opened(store)
    index.verify()
    assert index.fast.entries.find(store.current().entries.key).min() >= 0
    assert index_of(store).stat().st_mode & 0o077 == 0
    by_index = verdicts(store)
    assert {reason for _, reason in by_index} >= {"LISTED", "UNLISTED", "OUTSIDE", "UNLOCATED"}
    keying = store.feed_keys(store.current_release()).keying
    assert by_index == decided(Release(FastView.of(store.current()), keying))


def test_an_index_that_is_not_there_is_made_again(store: Store) -> None:
    before = verdicts(store)
    index_of(store).unlink()
    assert verdicts(store) == before
    opened(store).verify()


@pytest.mark.parametrize("name", SECTIONS)
def test_a_flipped_byte_in_any_section_changes_no_verdict(store: Store, name: str) -> None:
    before, path = verdicts(store), index_of(store)
    sections = opened(store).header.sections
    section = next(section for section in sections if section.name == name)
    data = bytearray(path.read_bytes())
    start = len(data) - sum(-(-part.size // 64) * 64 for part in sections)
    data[start + section.place + section.size // 2] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(BadInput, match=f"section {name} of the index is damaged"):
        opened(store).verify()
    assert verdicts(store) == before
    opened(store).verify()


@pytest.mark.parametrize("length", [0, 7, 15, 60, 5_000, -64])
def test_an_index_that_was_cut_short_changes_no_verdict(store: Store, length: int) -> None:
    before, path = verdicts(store), index_of(store)
    path.write_bytes(path.read_bytes()[:length])
    assert verdicts(store) == before
    opened(store).verify()


def test_an_index_of_another_release_is_not_used(store: Store) -> None:
    with pytest.raises(BadInput, match="another release"):
        open_index(index_of(store), "00" * 32)


def test_only_an_index_that_was_touched_is_read_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts(store)
    read: list[str] = []
    monkeypatch.setattr(Index, "verify", lambda _: read.append("whole"))
    verdicts(store)
    assert read == []
    index_of(store).touch()
    verdicts(store)
    verdicts(store)
    assert read == ["whole"]


def test_where_the_disk_takes_no_index_the_release_decides_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = verdicts(store)
    index_of(store).unlink()
    (index_of(store).parent / STAMP).unlink()

    def refuse(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("groundpass.operator.index.tempfile.mkstemp", refuse)
    assert verdicts(store) == before
    assert not index_of(store).exists()


def test_more_territories_than_a_grid_has_layers_make_no_index(store: Store) -> None:
    fast = FastView.of(store.current())
    fast.grid = None
    with pytest.raises(BadInput, match="not kept as an index"):
        next(index_bytes(fast, "00" * 32))
