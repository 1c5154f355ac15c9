"""Sync brings a store from one verified release to the next, by deltas or by the snapshot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from groundpass.kernel.core.errors import CannotRun, NotVerified
from groundpass.kernel.wire.state import state_hash
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.route import why_not_deltas
from groundpass.operator.store import Store, init_store
from groundpass.operator.sync import sync
from support.publisher import Publisher, utid
from support.times import DAY, HOUR, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.kernel.trust.tufrepo import Repository
    from groundpass.kernel.wire.delta import Delta


def off_by_a_second(delta: Delta) -> Delta:
    """The same delta, but for when its entries start."""
    entries = replace(delta.upserts, valid_from=delta.upserts.valid_from + 1)
    return replace(delta, upserts=entries)


def held(store: Store) -> tuple[int, str]:
    """Serial and hash of the state that decides, recomputed."""
    state = store.current()
    return state.serial, state_hash(state)


def test_the_first_sync_takes_the_snapshot(publisher: Publisher, store: Store) -> None:
    state = publisher.publish()
    result = sync("", store.folder, now=NOW)
    assert (result.serial, result.previous, result.how) == (1, None, "snapshot")
    assert result.resync_reason == "the store held no release yet"
    assert held(store) == (1, state_hash(state))


def test_a_store_is_made_by_the_first_sync_from_a_root_and_keys(
    tmp_path: Path, publisher: Publisher, keys: OperatorKeys
) -> None:
    publisher.publish()
    (tmp_path / "root.json").write_bytes(publisher.root)
    feed = publisher.public.as_uri()
    with pytest.raises(CannotRun, match="no operator's store"):
        sync(feed, tmp_path / "new", now=NOW)
    result = sync(
        feed, tmp_path / "new", now=NOW, root=tmp_path / "root.json", keys=tmp_path / "operator-keys"
    )
    assert result.serial == 1
    assert sync("", tmp_path / "new", now=NOW).how == "unchanged"


def test_the_next_serials_come_by_deltas(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    for number in (1_001, 1_002, 1_003):
        publisher.listed.append(utid(number))
        state = publisher.later(HOUR).publish()
    result = sync("", store.folder, now=publisher.now)
    assert (result.serial, result.previous, result.how, result.resync_reason) == (4, 1, "delta", "")
    assert held(store) == (4, state_hash(state))


def test_a_feed_that_has_not_moved_changes_nothing(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    result = sync("", store.folder, now=NOW + 1)
    assert (result.serial, result.previous, result.how) == (1, 1, "unchanged")
    assert store.current_release().meta.applied_at == NOW


def test_deltas_and_snapshot_lead_to_the_same_state_from_every_serial(
    tmp_path: Path, publisher: Publisher, keys: OperatorKeys
) -> None:
    rng = np.random.default_rng(7)
    stores = []
    for turn in range(5):
        gone = rng.integers(0, len(publisher.listed))
        publisher.listed = publisher.listed[:gone] + publisher.listed[gone + 1 :] + [utid(5_000 + turn)]
        state = publisher.later(60).publish()
        store = init_store(tmp_path / f"s{turn}", publisher.root, keys, str(publisher.public), now=NOW)
        sync("", store.folder, now=publisher.now)
        stores.append(store)
    for store in stores[:-1]:
        assert sync("", store.folder, now=publisher.now).how == "delta"
    assert {held(store) for store in stores} == {(5, state_hash(state))}


def test_a_new_session_is_taken_by_snapshot_with_its_new_secret(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    before = store.feed_keys(store.current_release())
    publisher.new_session("0b")
    state = publisher.publish()
    result = sync("", store.folder, now=NOW)
    assert (result.how, result.resync_reason) == ("snapshot", "the feed has a new session")
    assert held(store) == (2, state_hash(state))
    assert store.feed_keys(store.current_release()) == publisher.keys != before


def test_a_serial_that_leaps_past_the_deltas_is_taken_by_snapshot(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.publish()
    publisher.publish()
    publisher.links = publisher.links[1:]
    state = publisher.publish()
    result = sync("", store.folder, now=NOW)
    assert result.how == "snapshot"
    assert "no delta starts at serial 1" in result.resync_reason
    assert held(store) == (4, state_hash(state))


def test_a_delta_that_gives_another_state_than_it_names_is_passed_over(
    publisher: Publisher, store: Store
) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.listed.append(utid(9_999))
    state = publisher.publish(break_delta=off_by_a_second)
    result = sync("", store.folder, now=NOW)
    assert result.how == "snapshot"
    assert "does not give the state that it names" in result.resync_reason
    assert held(store) == (2, state_hash(state))


def test_a_delta_changed_after_it_was_seen_is_passed_over(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.links[0] = msgspec.structs.replace(publisher.links[0], sha256="ab" * 32)
    publisher.publish()
    result = sync("", store.folder, now=NOW)
    assert (result.how, result.resync_reason) == ("snapshot", "a delta was changed after it was published")


def test_inconsistent_deltas_are_passed_over(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.publish(twist=lambda note: msgspec.structs.replace(note, deltas=note.deltas * 2))
    result = sync("", store.folder, now=NOW)
    assert result.how == "snapshot"
    assert "inconsistent" in result.resync_reason


def test_deltas_larger_than_the_snapshot_are_passed_over(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    note = publisher.notification(publisher.publish())
    heavy = msgspec.structs.replace(note.deltas[0], size=9 << 20)
    meta, state = store.current_release().meta, store.current()
    assert why_not_deltas(note, state, meta) == ""
    note = msgspec.structs.replace(note, deltas=(heavy,))
    assert why_not_deltas(note, state, meta) == "the deltas are larger than the snapshot"


def test_a_damaged_copy_is_fetched_anew_under_the_same_serial(publisher: Publisher, store: Store) -> None:
    state = publisher.publish()
    sync("", store.folder, now=NOW)
    file = store.current_release().folder / "state.bin"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(CannotRun, match="damaged"):
        store.current()
    result = sync("", store.folder, now=NOW)
    assert (result.serial, result.how, result.resync_reason) == (1, "snapshot", "the copy held is damaged")
    assert held(store) == (1, state_hash(state))


def test_a_snapshot_that_is_not_what_its_notification_names_is_an_error(
    publisher: Publisher, store: Store
) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    before = held(store)
    publisher.links.clear()
    publisher.publish(twist=lambda note: msgspec.structs.replace(note, state_hash="ab" * 32, deltas=()))
    with pytest.raises(
        NotVerified, match=r"not the one that the notification names.*Serial 1 stays in force"
    ):
        sync("", store.folder, now=NOW)
    assert held(store) == before


def test_a_lower_serial_signed_by_the_right_keys_is_refused(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    publisher.publish()
    sync("", store.folder, now=NOW)
    old = publisher.states[1]
    publisher.commit({}, msgspec.structs.replace(publisher.notification(old), deltas=()))
    with pytest.raises(NotVerified, match="serial 1, older than serial 2"):
        sync("", store.folder, now=NOW)
    assert held(store)[0] == 2


def test_one_serial_never_gets_a_second_content(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.serial = 0
    publisher.states.clear()
    publisher.listed.append(utid(4_242))
    publisher.publish()
    with pytest.raises(NotVerified, match="another content under serial 1"):
        sync("", store.folder, now=NOW)


def test_a_release_from_the_future_is_refused(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.publish(publisher.rewrite(issued=NOW + DAY))
    with pytest.raises(NotVerified, match="still to come"):
        sync("", store.folder, now=NOW)
    assert sync("", store.folder, now=NOW + DAY).serial == 2


def test_another_feed_signed_by_the_same_keys_is_refused(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    publisher.links.clear()
    publisher.states.clear()
    publisher.publish(publisher.rewrite(feed="otherland"))
    with pytest.raises(NotVerified, match="otherland"):
        sync("", store.folder, now=NOW)


def test_keys_that_the_secret_is_not_meant_for_open_nothing(tmp_path: Path, publisher: Publisher) -> None:
    publisher.publish()
    others = OperatorKeys.create(tmp_path / "others")
    with pytest.raises(NotVerified, match=r"not wrapped to this key.*holds no release yet"):
        sync(str(publisher.public), tmp_path / "store2", now=NOW, root=publisher.root, keys=others)


def test_a_root_that_did_not_sign_the_feed_is_refused_and_can_be_put_right(
    tmp_path: Path, publisher: Publisher, keys: OperatorKeys
) -> None:
    publisher.publish()
    other = Publisher(tmp_path / "other", keys.wrap_public, NOW)
    feed, folder = str(publisher.public), tmp_path / "store2"
    with pytest.raises(NotVerified):
        sync(feed, folder, now=NOW, root=other.root, keys=keys)
    assert sync(feed, folder, now=NOW, root=publisher.root, keys=keys).serial == 1
    with pytest.raises(CannotRun, match="trusts another root"):
        sync(feed, folder, now=NOW, root=other.root, keys=keys)


def test_a_rotated_root_is_followed_from_the_pinned_one(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    sync("", store.folder, now=NOW)
    repository: Repository = publisher.repository
    repository.rotate(publisher.ceremony.keys(), publisher.ceremony.root_signers(), now=NOW)
    publisher.publish()
    assert sync("", store.folder, now=NOW).serial == 2


def test_an_old_release_raises_an_alarm_and_is_taken_all_the_same(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    result = sync("", store.folder, now=NOW + 2 * HOUR)
    assert result.serial == 1
    assert result.alarms == ("The newest release of the feed, serial 1, is 7200 s old",)


def test_two_syncs_of_one_store_do_not_meet(publisher: Publisher, store: Store) -> None:
    publisher.publish()
    with store.locked(), pytest.raises(CannotRun, match="Another process"):
        sync("", store.folder, now=NOW)
    assert sync("", store.folder, now=NOW).serial == 1


def test_a_store_keeps_the_release_before_and_no_more(publisher: Publisher, store: Store) -> None:
    for _ in range(4):
        publisher.publish()
        sync("", store.folder, now=NOW)
    names = sorted(path.name.split("-")[0] for path in (store.folder / "releases").iterdir())
    assert names == ["3", "4"]
