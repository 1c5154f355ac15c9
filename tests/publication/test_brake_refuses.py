"""Attacks on the brake: a lying publisher, a lost memory, consents and keys that are not what they seem."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace

import msgspec
import pytest

from groundpass.authority.publication import work
from groundpass.authority.publication.api import approval_request, assess, build, notification_of, publish
from groundpass.authority.publication.brake.agreement import APPROVAL, Agreement
from groundpass.authority.publication.brake.guard import Guard
from groundpass.authority.publication.brake.journal import Journal
from groundpass.authority.publication.commands.log_release import log_release
from groundpass.authority.publication.domain.activity import Activity
from groundpass.authority.publication.folders import Folders
from groundpass.authority.publication.packing import pack
from groundpass.authority.register.api import revoke
from groundpass.kernel.core.errors import BrakeEngaged, GroundpassError, NotVerified, Refused, SecondPerson
from groundpass.kernel.core.state import Entries
from groundpass.kernel.trust import seal
from groundpass.kernel.trust.signing import load_signer, new_signer, save_signer, sign_document
from groundpass.kernel.trust.tufrepo import Repository
from groundpass.kernel.wire import notification, snapshot
from groundpass.kernel.wire.state import encode
from support.register import UTIDS, fill, protected, registered
from support.times import HOUR, NOW

pytestmark = pytest.mark.django_db
EVERYBODY = Agreement(("officer", "second-officer"), 5)


@pytest.fixture
def draft(authority):
    """The second release of a feed as the publisher drafts it, with a way to change what it drafts."""
    authority.publish()
    fill(authority.cast, 2, now=NOW + HOUR, seed=99)
    release = authority.prepare(NOW + HOUR)
    folders = Folders("northwind")
    data = work.read_state_bytes(folders, release.serial, release.state_hash)
    opinion = Guard(folders).consider(data, Activity.unknown(), now=NOW + HOUR)
    log_release(folders, release)
    public = work.current(folders)
    base = work.read_state(folders, public.serial, public.state_hash)

    def sign(change=dict, agreement=EVERYBODY, **other):
        packed = pack(folders, opinion.state, opinion.state_hash, other.get("base", base), public)
        targets = dict(packed.targets)
        change(targets)
        drafted = Repository(folders.public).prepare(targets, keep=packed.keep, now=NOW + HOUR, floor=2)
        Guard(folders).sign(drafted, opinion, agreement, now=NOW + HOUR)
        return drafted.signatures

    sign.folders, sign.opinion, sign.base = folders, opinion, base
    return sign


def sealed(draft, name, data):
    key = draft.folders.feed_keys(draft.opinion.state.session).encryption
    return seal.seal(seal.pad(data), key, name)


def test_the_brake_signs_a_draft_of_the_state_that_it_judged(draft):
    assert draft() == 1
    assert draft(base=None) == 1  # no delta: clients take the snapshot


def test_a_snapshot_of_another_state_is_not_signed(draft):
    fewer = draft.opinion.state.entries
    fewer = Entries(
        *(column[1:] for column in (fewer.key, fewer.profile, fewer.valid_from, fewer.valid_until))
    )

    def swap(targets):
        other = sealed(draft, "snapshot-2", snapshot.pack(replace(draft.opinion.state, entries=fewer)))
        said = notification.decode(targets["notification.json"])
        ref = notification.FileRef("snapshot-2", hashlib.sha256(other).hexdigest(), len(other))
        targets["snapshot-2"] = other
        targets["notification.json"] = notification.encode(msgspec.structs.replace(said, snapshot=ref))

    with pytest.raises(NotVerified, match="snapshot of a draft is not the state"):
        draft(swap)


@pytest.mark.parametrize(
    "change",
    [
        lambda targets: targets.pop("snapshot-2"),
        lambda targets: targets.pop("delta-1-2"),
        lambda targets: targets.pop("checkpoint"),
        lambda targets: targets.update({"extra": b"another file"}),
        lambda targets: targets.update({"checkpoint": b"another checkpoint"}),
        lambda targets: targets.update({"notification.json": b"{}"}),
        lambda targets: targets.update({next(n for n in targets if n[:7] == "secret-"): b"another"}),
        lambda targets: targets.update({"snapshot-2": targets["snapshot-2"][:-1]}),
    ],
)  # fmt: skip
def test_a_draft_with_a_file_missing_added_or_changed_is_not_signed(draft, change):
    with pytest.raises(NotVerified):
        draft(change)
    assert draft() == 1


def test_a_delta_that_leads_elsewhere_is_not_signed(draft):
    other = replace(draft.base, entries=draft.opinion.state.entries)  # the delta will not bring what is new
    with pytest.raises(NotVerified):
        draft(base=other)


def test_nothing_is_signed_below_what_is_demanded(authority):
    row = registered(authority.cast, protected(UTIDS[40]))
    authority.publish()
    revoke(row, "ended by the unit", actor=authority.cast.reviewer, now=NOW + HOUR)
    release = authority.prepare(NOW + HOUR)
    folders = Folders("northwind")
    data = work.read_state_bytes(folders, 2, release.state_hash)
    opinion = Guard(folders).consider(data, Activity.unknown(), now=NOW + HOUR)
    draft = Repository(folders.public).prepare({}, now=NOW + HOUR)
    with pytest.raises(SecondPerson):
        Guard(folders).sign(draft, opinion, Agreement(("officer",), 5), now=NOW + HOUR)
    assert draft.signatures == 0


def test_a_brake_that_lost_its_memory_refuses(authority):
    authority.publish()
    shutil.rmtree(authority.home / "feeds" / "northwind" / "brake")
    with pytest.raises(NotVerified, match="has lost its memory"):
        authority.prepare(NOW + HOUR)


def test_a_memory_that_was_changed_is_not_believed(authority):
    authority.publish()
    (authority.home / "feeds" / "northwind" / "brake" / "1.losers").write_bytes(bytes(8))
    with pytest.raises(NotVerified, match="is not what the brake recorded"):
        authority.prepare(NOW + HOUR)


def test_time_does_not_go_back(authority):
    authority.publish(NOW + HOUR)
    with pytest.raises(Refused, match="comes too late"):
        authority.prepare(NOW)
    assert authority.prepare(NOW + HOUR).serial == 3


def test_approvals_count_once_a_key_and_for_this_state_alone(authority, tmp_path):
    release, other = authority.prepare(), authority.prepare(NOW + 60)
    keys = [load_signer(path) for path in sorted(authority.offline.glob("root-*.pem"))]

    def approve(signers, wanted=release):
        folder = tmp_path / f"stick-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for number, signer in enumerate(signers):
            document = sign_document(approval_request(wanted), APPROVAL, signer)
            (folder / f"{folder.name}-{number}.approval.json").write_bytes(document)
        publish(release, actor=authority.cast.officer, now=NOW + 60, offline_keys=folder)

    for signers, wanted, counted in (
        (keys[:1] * 3, release, 1),
        ([new_signer() for _ in range(3)], release, 1),
        (keys[1:], other, 1),
        (keys[1:2], release, 2),
    ):
        with pytest.raises(BrakeEngaged, match=f"and has {counted}"):
            approve(signers, wanted)
    approve(keys[2:3])
    release.refresh_from_db()
    assert release.state == "published"


def test_a_folder_without_root_keys_is_refused_by_name(authority, tmp_path):
    release = authority.prepare()
    save_signer(tmp_path / "publisher.pem", new_signer())
    with pytest.raises(GroundpassError, match="no root key in"):
        publish(release, actor=authority.cast.officer, now=NOW, offline_keys=tmp_path)
    assert notification_of(authority.feed) is None


def test_a_consent_to_other_bytes_counts_for_nothing(authority):
    row = registered(authority.cast, protected(UTIDS[40]))
    authority.publish()
    revoke(row, "ended by the unit", actor=authority.cast.reviewer, now=NOW + HOUR)
    release = authority.prepare(NOW + HOUR)
    with pytest.raises(SecondPerson):
        publish(release, actor=authority.cast.officer, now=NOW + HOUR)
    release.consents.update(state_hash="0" * 64)
    with pytest.raises(SecondPerson, match="has second-officer"):
        publish(release, actor=authority.cast.second_officer, now=NOW + HOUR)


def test_who_builds_is_told_the_same_as_the_brake_demands(authority):
    release = build(authority.feed, actor=authority.cast.officer, now=NOW)
    found = assess(release, actor=authority.cast.officer, now=NOW)
    state = encode(work.read_state(Folders("northwind"), 1, release.state_hash))
    opinion = Guard(Folders("northwind")).consider(state, Activity.unknown(), now=NOW)
    assert found.demand == opinion.judgement.demand.name == "offline_keys"
    assert [row.kind for row in found.causes] == ["unknown"]


def test_the_memory_of_the_brake_ends_with_its_window_but_for_the_list_of_a_day_ago(authority):
    authority.publish()
    for hours in (10, 20, 30, 40, 60):
        authority.publish(NOW + hours * HOUR, offline=False)
    journal = Journal(Folders("northwind").brake)
    assert [(one.serial, one.signed_at) for one in journal.read()] == [
        (4, NOW + 30 * HOUR),
        (5, NOW + 40 * HOUR),
        (6, NOW + 60 * HOUR),
    ]
    assert [one.to_serial for one in journal.deltas()] == [2, 3, 4, 5, 6]
    assert {path.name for path in journal.folder.glob("*.losers")} == {
        f"{one.serial}.losers" for one in journal.read()
    }
