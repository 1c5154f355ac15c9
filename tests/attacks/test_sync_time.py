"""Played back, frozen, expired and post-dated feeds; clocks that jump."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from groundpass.kernel.core.errors import NotVerified
from groundpass.kernel.trust.tufrepo import ROOT_DAYS, SNAPSHOT_DAYS, TIMESTAMP_DAYS
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import sync
from support.publisher import Publisher, utid
from support.times import DAY, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.operator.keys import OperatorKeys


@pytest.fixture
def keys(tmp_path: Path) -> OperatorKeys:
    from groundpass.operator.keys import OperatorKeys

    return OperatorKeys.create(tmp_path / "keys")


@pytest.fixture
def publisher(tmp_path: Path, keys: OperatorKeys) -> Publisher:
    return Publisher(tmp_path / "publisher", keys.wrap_public, NOW, listed=[utid(n) for n in range(1, 20)])


@pytest.fixture
def store(tmp_path: Path, publisher: Publisher, keys: OperatorKeys) -> Store:
    publisher.publish()
    place = init_store(tmp_path / "store", publisher.root, keys, str(publisher.public), now=NOW)
    sync("", place.folder, now=NOW)
    return place


def test_an_older_feed_is_refused_and_the_newer_release_stays(
    tmp_path: Path, publisher: Publisher, store: Store
) -> None:
    old = shutil.copytree(publisher.public, tmp_path / "old")
    publisher.later(60).publish()
    sync("", store.folder, now=publisher.now)
    with pytest.raises(NotVerified, match=r"version .* must be >= .*Serial 2 stays in force"):
        sync(str(old), store.folder, now=publisher.now)
    assert store.current().serial == 2


def test_an_older_feed_is_refused_even_when_the_metadata_kept_was_lost(
    tmp_path: Path, publisher: Publisher, store: Store
) -> None:
    old = shutil.copytree(publisher.public, tmp_path / "old")
    publisher.later(60).publish()
    sync("", store.folder, now=publisher.now)
    shutil.rmtree(store.folder / "trust" / "tuf")
    with pytest.raises(NotVerified, match="serial 1, older than serial 2"):
        sync(str(old), store.folder, now=publisher.now)
    assert store.current().serial == 2


@pytest.mark.parametrize("days", [TIMESTAMP_DAYS, SNAPSHOT_DAYS, ROOT_DAYS, 2 * ROOT_DAYS])
def test_a_frozen_feed_expires_and_the_last_good_release_stays(store: Store, days: int) -> None:
    with pytest.raises(NotVerified, match=r"signatures of the feed have expired.*Serial 1 stays in force"):
        sync("", store.folder, now=NOW + days * DAY + 1)
    assert store.current().serial == 1


def test_a_feed_signed_again_is_taken_after_it_had_expired(publisher: Publisher, store: Store) -> None:
    publisher.later((TIMESTAMP_DAYS + 1) * DAY)
    with pytest.raises(NotVerified, match="expired"):
        sync("", store.folder, now=publisher.now)
    publisher.repository.refresh(publisher.ceremony.signer("online"), now=publisher.now)
    assert sync("", store.folder, now=publisher.now).how == "unchanged"


@pytest.mark.parametrize("ahead", [DAY, 60 * DAY, 2 * 365 * DAY])
def test_a_release_signed_by_a_clock_ahead_of_ours_is_refused(
    publisher: Publisher, store: Store, ahead: int
) -> None:
    publisher.later(ahead).publish()
    with pytest.raises(NotVerified, match="still to come"):
        sync("", store.folder, now=NOW)
    assert store.current().serial == 1


def test_our_clock_may_jump_forward_and_back_without_losing_the_feed(
    publisher: Publisher, store: Store
) -> None:
    publisher.later(60).publish()
    with pytest.raises(NotVerified, match="expired"):
        sync("", store.folder, now=NOW + 2 * 365 * DAY)
    assert sync("", store.folder, now=publisher.now).serial == 2


def test_mixed_files_of_two_releases_are_refused(tmp_path: Path, publisher: Publisher, store: Store) -> None:
    mixed = shutil.copytree(publisher.public, tmp_path / "mixed")
    publisher.later(60).publish()
    shutil.copy(publisher.public / "metadata" / "2.targets.json", mixed / "metadata" / "1.targets.json")
    shutil.copy(publisher.public / "metadata" / "timestamp.json", mixed / "metadata" / "timestamp.json")
    shutil.copy(publisher.public / "metadata" / "2.snapshot.json", mixed / "metadata" / "2.snapshot.json")
    shutil.copy(mixed / "metadata" / "1.targets.json", mixed / "metadata" / "2.targets.json")
    shutil.copy(publisher.public / "metadata" / "1.snapshot.json", mixed / "metadata" / "2.snapshot.json")
    with pytest.raises(NotVerified, match="Serial 1 stays in force"):
        sync(str(mixed), store.folder, now=publisher.now)
    assert store.current().serial == 1


def test_one_hand_alone_signs_no_release(publisher: Publisher, store: Store) -> None:
    """The publisher without the brake: the metadata is put up by force, past the repository's own check."""
    draft = publisher.repository.prepare({}, now=NOW, floor=2)
    draft.sign("targets", publisher.ceremony.signer("publisher"))
    online = publisher.ceremony.signer("online")
    repository = publisher.repository
    repository._write("2.targets.json", draft.metadata)
    from tuf.api.metadata import MetaFile

    repository._publish_snapshot(repository._root(), MetaFile(2), online, NOW, floor=2)
    with pytest.raises(NotVerified, match=r"signed by 1/2 keys.*Serial 1 stays in force"):
        sync("", store.folder, now=NOW)
    assert store.current().serial == 1
