"""A flipped, missing or cut byte in any published file never yields an unsigned state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from groundpass.kernel.core.errors import CannotRun, NotVerified
from groundpass.operator.sync import sync

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Field

PLACES = 8  # bytes flipped in each file


def outcome(battle: Field, feed: Path, serial: int) -> str:
    """Sync a store at `serial` from a spoilt feed, and hold it to the promise."""
    store = battle.copy_store(serial)
    now = battle.publisher.now
    try:
        result = sync(str(feed), store.folder, now=now)
    except (NotVerified, CannotRun) as error:
        refusal = error
    else:
        assert battle.holds(store) == (2, battle.hashes[2])
        assert result.serial == 2
        return result.how
    assert battle.holds(store) == (serial, battle.hashes[serial])
    assert ("stays in force" if serial else "holds no release yet") in refusal.sentence()
    return type(refusal).__name__


def files_of(feed: Path) -> list[Path]:
    return sorted(path for path in feed.rglob("*") if path.is_file())


@pytest.mark.parametrize("serial", [0, 1], ids=["first sync", "later sync"])
def test_a_flipped_byte_in_any_published_file_never_yields_an_unsigned_state(
    battle: Field, serial: int
) -> None:
    rng = np.random.default_rng(serial)
    feed = battle.copy_feed("flipped")
    seen: dict[str, set[str]] = {}
    for path in files_of(feed):
        good = path.read_bytes()
        for place in {0, len(good) - 1, *rng.integers(0, len(good), PLACES).tolist()}:
            bad = bytearray(good)
            bad[place] ^= 1 << int(rng.integers(0, 8))
            path.write_bytes(bad)
            name = path.name.split(".", 1)[1] if path.parent.name == "targets" else path.name
            seen.setdefault(name, set()).add(outcome(battle, feed, serial))
        path.write_bytes(good)
    assert seen["timestamp.json"] >= {"NotVerified"}
    assert seen["notification.json"] >= {"NotVerified"}  # that of serial 1 still lies there, and is not read
    spoilt = seen["snapshot-2"] if serial == 0 else seen["delta-1-2"]
    assert spoilt == ({"NotVerified"} if serial == 0 else {"snapshot"})


@pytest.mark.parametrize("serial", [0, 1], ids=["first sync", "later sync"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99], ids=["emptied", "halved", "cut"])
def test_a_truncated_file_leaves_the_last_good_release(battle: Field, serial: int, share: float) -> None:
    feed = battle.copy_feed("cut")
    for path in files_of(feed):
        good = path.read_bytes()
        path.write_bytes(good[: int(share * len(good))])
        outcome(battle, feed, serial)
        path.write_bytes(good)


@pytest.mark.parametrize("serial", [0, 1], ids=["first sync", "later sync"])
def test_a_missing_or_swollen_file_leaves_the_last_good_release(battle: Field, serial: int) -> None:
    feed = battle.copy_feed("missing")
    for path in files_of(feed):
        good = path.read_bytes()
        path.unlink()
        outcome(battle, feed, serial)
        path.write_bytes(good + bytes(1 << 20))
        outcome(battle, feed, serial)
        path.write_bytes(good)


def test_files_that_change_places_are_found_out(battle: Field) -> None:
    feed = battle.copy_feed("swapped")
    sealed = [path for path in files_of(feed / "targets") if "snapshot" in path.name or "delta" in path.name]
    contents = [path.read_bytes() for path in sealed]
    for path, content in zip(sealed, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert outcome(battle, feed, 1) == "NotVerified"
    assert outcome(battle, feed, 0) == "NotVerified"
