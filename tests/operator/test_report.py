"""The enforcement report is signed, adds up, and says nothing that is not the authority's business."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundpass.kernel.core.errors import BadIdentifier, CannotRun, NotVerified
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.core.verdicts import Reason, Verdict
from groundpass.kernel.trust.signing import open_document, read_public_key
from groundpass.kernel.wire.enforcement import PAYLOAD_TYPE, EnforcementReport, decode
from groundpass.kernel.wire.state import state_hash
from groundpass.operator.decide import decide_file
from groundpass.operator.explain import explain_one
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.report import build_report
from groundpass.operator.status import store_status
from groundpass.operator.sync import sync
from support.publisher import Publisher, utid
from support.times import HOUR, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from groundpass.operator.store import Store

LISTED, STRANGER, ABROAD = utid(1), utid(8_000), utid(8_001)


@pytest.fixture
def held(publisher: Publisher, store: Store) -> Store:
    publisher.publish()
    sync("", store.folder, now=NOW)
    return store


def decide(store: Store, folder: Path, rows: list[tuple[str, int, float]]) -> None:
    """Terminal, seconds after NOW, latitude (50 is inside, 40 outside)."""
    table = pa.table(
        {
            "terminal": [row[0] for row in rows],
            "time": pa.array([(NOW + row[1]) * NS for row in rows], pa.timestamp("ns", "UTC")),
            "lat": [row[2] for row in rows],
            "lon": [30.0] * len(rows),
        }
    )
    pq.write_table(table, folder / "r.parquet")
    decide_file(folder / "r.parquet", folder / "v.parquet", store=store.folder, now_ns=(NOW + HOUR) * NS)


def opened(path: Path, keys: OperatorKeys) -> EnforcementReport:
    return decode(open_document(path.read_bytes(), [read_public_key(keys.sign_public)], PAYLOAD_TYPE))


def test_a_report_tells_when_the_release_came_and_what_was_seen(
    tmp_path: Path, publisher: Publisher, held: Store, keys: OperatorKeys
) -> None:
    decide(
        held, tmp_path, [(LISTED, 10, 50.0), (STRANGER, 20, 50.0), (STRANGER, 400, 50.0), (ABROAD, 30, 40.0)]
    )
    decide(held, tmp_path, [(LISTED, 500, 50.0)])
    built = build_report(held.folder, tmp_path / "report.json", now=NOW + HOUR)
    report = opened(tmp_path / "report.json", keys)
    assert (report.feed, report.serial, report.session) == ("testland", 1, "0a")
    assert report.state_hash == state_hash(publisher.states[1])
    assert (report.received_at, report.verified_at, report.applied_at) == (NOW, NOW, NOW)
    assert report.by_reason == {"LISTED": 2, "UNLISTED": 2, "OUTSIDE": 1}
    assert report.decided == built.decided == 5
    assert report.window is not None
    assert (report.window.start, report.window.end) == (NOW + 10, NOW + 501)
    seen = report.seen()
    keys_of = publisher.keys_of([LISTED, STRANGER])
    assert seen.key.tolist() == sorted(keys_of.tolist())  # nobody who was only seen abroad
    stranger = int(np.flatnonzero(seen.key == keys_of[1])[0])
    assert seen.verdict[stranger] == Verdict.DENY
    assert seen.reason[stranger] == Reason.UNLISTED
    assert seen.first_denied_ns[stranger] == (NOW + 20) * NS
    assert seen.last_seen_ns[stranger] == (NOW + 400) * NS
    assert seen.first_allowed_ns[stranger] == NO_TIME
    assert seen.reports[stranger] == 2


def test_totals_are_those_of_the_release_that_decided(
    tmp_path: Path, publisher: Publisher, held: Store, keys: OperatorKeys
) -> None:
    decide(held, tmp_path, [(STRANGER, 10, 50.0)])
    publisher.listed.append(STRANGER)
    publisher.later(60).publish()
    sync("", held.folder, now=publisher.now)
    decide(held, tmp_path, [(STRANGER, 90, 50.0), (STRANGER, 95, 50.0)])
    build_report(held.folder, tmp_path / "report.json", now=NOW + HOUR)
    report = opened(tmp_path / "report.json", keys)
    assert (report.serial, report.applied_at, report.by_reason) == (2, NOW + 60, {"LISTED": 2})
    seen = report.seen()
    assert (seen.first_denied_ns[0], seen.first_allowed_ns[0]) == ((NOW + 10) * NS, (NOW + 90) * NS)


def test_a_report_before_anything_was_decided_is_empty_and_well_formed(
    tmp_path: Path, held: Store, keys: OperatorKeys
) -> None:
    build_report(held.folder, tmp_path / "report.json", now=NOW)
    report = opened(tmp_path / "report.json", keys)
    assert (report.decided, report.observed, report.window) == (0, 0, None)


def test_a_report_opens_by_the_operators_key_alone(tmp_path: Path, held: Store) -> None:
    build_report(held.folder, tmp_path / "report.json", now=NOW)
    with pytest.raises(NotVerified):
        opened(tmp_path / "report.json", OperatorKeys.create(tmp_path / "others"))


def test_a_report_is_not_built_without_a_release_or_before_its_time(
    tmp_path: Path, publisher: Publisher, store: Store
) -> None:
    with pytest.raises(CannotRun, match="holds no release yet"):
        build_report(store.folder, tmp_path / "report.json", now=NOW)
    publisher.publish()
    sync("", store.folder, now=NOW)
    with pytest.raises(CannotRun, match="clock"):
        build_report(store.folder, tmp_path / "report.json", now=NOW - 1)


def test_one_verdict_is_explained_as_it_was_decided(held: Store) -> None:
    now_ns = (NOW + 60) * NS
    listed = explain_one(held.folder, LISTED, now_ns=now_ns, time_ns=NOW * NS, lat=50.0, lon=30.0)
    assert listed.decision.reason is Reason.LISTED
    assert listed.text("en") != listed.text("uk")
    stranger = explain_one(held.folder, STRANGER.upper(), now_ns=now_ns, time_ns=NOW * NS, lat=50.0, lon=30.0)
    assert (stranger.decision.verdict, stranger.decision.territory) == (Verdict.DENY, "land")
    assert json.loads(json.dumps(stranger.as_json()))["reason"] == "UNLISTED"
    nowhere = explain_one(held.folder, LISTED, now_ns=now_ns, time_ns=NOW * NS)
    assert nowhere.decision.reason is Reason.UNLOCATED


def test_a_mistyped_id_is_not_explained_as_a_stranger(held: Store) -> None:
    with pytest.raises(BadIdentifier):
        explain_one(held.folder, "ut01000000-00000000-00c326fv", now_ns=NOW * NS)


def test_a_status_tells_how_old_the_release_is(publisher: Publisher, store: Store) -> None:
    assert store_status(store.folder, now=NOW).freshness == "empty"
    publisher.publish()
    sync("", store.folder, now=NOW)
    for age, freshness in ((0, "fresh"), (60, "late"), (900, "held"), (14 * 24 * HOUR, "expired")):
        status = store_status(store.folder, now=NOW + age)
        assert (status.freshness, status.age, status.serial) == (freshness, age, 1)
    (store.current_release().folder / "state.bin").write_bytes(b"")
    assert store_status(store.folder, now=NOW).freshness == "damaged"
    assert json.dumps(status.to_dict())
