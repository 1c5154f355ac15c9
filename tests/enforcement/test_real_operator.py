"""The way back of the road: a real store syncs, decides and reports, and that is held against the list."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enforcement.conftest import STRANGERS
from groundpass.authority.enforcement.api import cases, effect, figures_of, ingest, reconcile
from groundpass.authority.publication.api import public_folder, root_bytes
from groundpass.kernel.core.intervals import NS
from groundpass.operator.api import OperatorKeys, build_report, decide_file, init_store, sync
from support.ids import invent_utids
from support.register import person, registered
from support.times import HOUR

pytestmark = pytest.mark.django_db
LATE = next(invent_utids(31))
INSIDE = (50.0, 32.0)


class Operator:
    """An operator of the feed with its own store."""

    def __init__(self, world):
        self.world, self.folder = world, world.folder
        authority = world.authority
        keys = OperatorKeys(
            world.feed.operator_wrap_public_key.encode(),
            world.feed.operator_sign_public_key.encode(),
            authority.wrap_private,
            authority.operator_signer.private_bytes,
        )
        self.store = init_store(
            self.folder / "store",
            root_bytes(world.feed),
            keys,
            str(public_folder(world.feed)),
            now=world.start,
        )

    def sees(self, *rows):
        """Decide reports of (terminal, UTC seconds), all inside the territory."""
        columns = {
            "terminal": [terminal for terminal, _ in rows],
            "time": pa.array([round(at * NS) for _, at in rows], pa.timestamp("ns", "UTC")),
            "lat": [INSIDE[0]] * len(rows),
            "lon": [INSIDE[1]] * len(rows),
        }
        pq.write_table(pa.table(columns), self.folder / "reports.parquet")
        now = round(max(at for _, at in rows)) + 1
        decide_file(
            self.folder / "reports.parquet",
            self.folder / "verdicts.parquet",
            store=self.store.folder,
            now_ns=now * NS,
        )

    def reports(self, now):
        build_report(self.store, self.folder / "report.json", now=now)
        return ingest(self.folder / "report.json", actor=self.world.cast.engineer, now=now)


def test_what_a_real_operator_reports_shows_the_leak_and_the_seconds_to_enforce(world):
    start, cast = world.start, world.cast
    operator = Operator(world)
    sync("", operator.store.folder, now=start + 5)
    listed = world.authority.registrations[0].terminal.value
    operator.sees(
        (listed, start + 60),
        (LATE, start + 60),
        (STRANGERS[0], start + 60),
        (STRANGERS[0], start + 400),
        (STRANGERS[1], start + 60),
        (STRANGERS[1], start + 90),
    )
    truth = dict.fromkeys(world.keys_of(), True) | dict.fromkeys(world.strangers(2), False)
    report = operator.reports(start + HOUR)
    assert report.counts["by_reason"] == {"LISTED": 1, "UNLISTED": 5}
    first = figures_of(reconcile(report, actor=cast.officer, now=start + HOUR, truth=truth))
    assert (first.leak_rate.numerator, first.leak_rate.denominator) == (1, 3)
    assert (first.false_cut_rate.numerator, first.false_cut_rate.denominator) == (0, 1)
    assert first.release_delay["published_to_received"] == 5
    assert [case.kind for case in cases()] == ["active_although_denied"]

    registered(cast, person(LATE), now=start + HOUR)
    world.authority.publish(start + HOUR + 2)
    sync("", operator.store.folder, now=start + HOUR + 3)
    operator.sees((LATE, start + HOUR + 4.25))
    report = operator.reports(start + HOUR + 5)
    second = figures_of(reconcile(report, actor=cast.officer, now=start + HOUR + 5, truth=truth))
    assert (second.time_to_enforce.p50, second.time_to_enforce.numerator) == (4.25, 1)
    assert second.time_to_enforce.stages["approval_to_published"].p50 == 2.0
    assert second.leak_rate.denominator == 0
    assert effect().leak_rate == first.leak_rate
    assert effect().time_to_enforce == second.time_to_enforce
