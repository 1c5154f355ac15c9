"""Positions come in; who was active, in which territory, is all that stays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundpass.authority.publication.api import entry_key_of, impact_of
from groundpass.authority.telemetry.api import active_since, ingest_activity, ingests
from groundpass.kernel.core.errors import BadInput, NoRight
from groundpass.kernel.core.intervals import NS, show_time
from support.ids import invent_utids
from support.publishing import OPEN_RULES, RULES, Authority
from support.times import DAY, HOUR
from support.times import NOW as START

pytestmark = pytest.mark.django_db

NOW = START + 2 * DAY
UTIDS = invent_utids(77)
INSIDE, OUTSIDE = (50.0, 32.0), (10.0, 10.0)


@pytest.fixture
def authority(cast, home):
    return Authority(cast, home, OPEN_RULES)


def day(terminals, place=INSIDE, until=NOW, hours=24):
    """One report an hour for each terminal, over the hours before `until`."""
    times = [until - 60 - hour * HOUR for hour in range(hours)]
    rows = [(terminal, time * NS, *place) for terminal in terminals for time in times]
    names = ("terminal", "time", "lat", "lon")
    return pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))


def write(table, path):
    if path.suffix == ".csv":
        rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
        text = "\n".join(f"{t},{show_time(ns // NS)},{lat},{lon}" for t, ns, lat, lon in rows)
        path.write_text(f"terminal,time,lat,lon\n{text}\n")
    elif path.suffix == ".parquet":
        times = pa.array(table["time"].to_pylist(), pa.timestamp("ns", "UTC"))
        pq.write_table(table.set_column(1, "time", times), path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    return path


@pytest.fixture
def ingest(authority, tmp_path):
    def ingest(table, name="day.parquet", now=NOW, actor=None):
        path = write(table, tmp_path / name)
        return ingest_activity(path, feed=authority.feed, actor=actor or authority.cast.engineer, now=now)

    return ingest


@pytest.mark.parametrize("name", ["day.csv", "day.parquet", "day.arrow"])
def test_each_kind_of_file_gives_the_same_keys(authority, ingest, name):
    authority.publish(START)
    wanted = ["ut01000000-00000000-00c326fa", "01000000-00000000-00c326fb"]
    row = ingest(day(wanted), name)
    assert (row.rows, row.left_out, row.terminals) == (48, 0, 2)
    seen = active_since(authority.feed, NOW - DAY, NOW)
    assert seen.known
    assert sorted(seen.key.tolist()) == sorted(entry_key_of(authority.feed, one) for one in wanted)
    assert {seen.places[number].governing for number in seen.place} == {"ua"}


def test_whoever_has_no_right_ingests_nothing(authority, ingest):
    for person in (authority.cast.clerk, authority.cast.reviewer, authority.cast.stranger):
        with pytest.raises(NoRight):
            ingest(day(["ut01000000-00000000-00c326fa"]), actor=person)
    assert not ingests(authority.feed).exists()


def test_no_position_is_kept_anywhere(authority, ingest, home):
    authority.publish(START)
    ingest(day(["ut01000000-00000000-00c326fa"], (50.12345678, 32.12345678)))
    kept = next((home / "feeds" / "northwind" / "telemetry").iterdir())
    data = kept.read_bytes()
    for number in (50.12345678, 32.12345678):
        assert np.float64(number).tobytes() not in data
    assert pa.ipc.open_file(data).schema.names == ["key", "territory", "within", "last_seen"]


def test_the_same_file_again_changes_nothing(authority, ingest):
    assert ingest(day(["ut01000000-00000000-00c326fa"])) == ingest(day(["ut01000000-00000000-00c326fa"]))
    assert ingests(authority.feed).count() == 1


def test_rows_that_say_nothing_are_left_out_and_counted(authority, ingest):
    good = "ut01000000-00000000-00c326fa"
    rows = [(good, NOW * NS), (None, NOW * NS), (good, None), (good, (NOW + HOUR) * NS), (good, -1)]
    table = pa.table(
        {
            "terminal": [row[0] for row in rows],
            "time": pa.array([row[1] for row in rows], pa.int64()),
            "lat": [None, 50.0, 50.0, 50.0, 50.0],
            "lon": [None, 32.0, 32.0, 32.0, 32.0],
        }
    )
    row = ingest(table, "day.arrow")
    assert (row.rows, row.left_out, row.terminals) == (5, 4, 1)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("day.xlsx", "", "no known ending"),
        ("day.csv", "terminal,lat,lon\na,1,2\n", "no column 'time'"),
        ("day.csv", "terminal,time\na,2026-02-03T08:00:00Z\n", "no position"),
        ("day.csv", "terminal,time,lat,lon\na,yesterday,1,2\n", "do not read"),
        ("day.parquet", "not parquet", "do not read"),
    ],
)
def test_a_file_that_does_not_read_is_refused_whole(authority, tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=said):
        ingest_activity(tmp_path / name, feed=authority.feed, actor=authority.cast.engineer, now=NOW)
    with pytest.raises(BadInput, match="cannot be read"):
        ingest_activity(tmp_path / "none.csv", feed=authority.feed, actor=authority.cast.engineer, now=NOW)
    assert not ingests(authority.feed).exists()


def test_activity_is_known_only_where_reports_cover_the_day(authority, ingest):
    def known(now):
        return active_since(authority.feed, now - DAY, now).known

    assert not known(NOW)
    ingest(day(["ut01000000-00000000-00c326fa"], hours=12), "half.parquet")
    assert not known(NOW)
    ingest(day(["ut01000000-00000000-00c326fa"]))
    assert known(NOW)
    assert not known(NOW + 6 * HOUR)


def test_sightings_are_dropped_after_two_days(authority, ingest, home):
    ingest(day(["ut01000000-00000000-00c326fa"]))
    later = NOW + 2 * DAY + HOUR
    ingest(day(["ut01000000-00000000-00c326fb"], until=later), "later.parquet", now=later)
    assert len(list((home / "feeds" / "northwind" / "telemetry").iterdir())) == 1
    assert active_since(authority.feed, later - DAY, later).key.tolist() == [
        entry_key_of(authority.feed, "ut01000000-00000000-00c326fb")
    ]


@pytest.mark.parametrize(
    ("strangers", "place", "demand"),
    [(10, INSIDE, "none"), (11, INSIDE, "two_people"), (101, INSIDE, "offline_keys"), (101, OUTSIDE, "none")],
)
def test_closing_the_list_asks_for_as_many_as_it_takes_service_from(
    authority, ingest, strangers, place, demand
):
    authority.publish(START)
    listed = [row.terminal.value for row in authority.registrations]
    ingest(day([next(UTIDS) for _ in range(strangers)], place), "strangers.parquet")
    ingest(day(listed))
    authority.agree(RULES, now=NOW)
    release = authority.prepare(NOW)
    impact = impact_of(release)
    assert (release.demand, impact.telemetry, impact.unlisted_active) == (demand, True, strangers)
    assert impact.losing == (strangers if place == INSIDE else 0)
    assert impact.by_profile == ({"unlisted": strangers} if place == INSIDE else {})


def test_closing_the_list_without_telemetry_needs_the_offline_keys(authority):
    authority.publish(START)
    authority.agree(RULES, now=NOW)
    release = authority.prepare(NOW)
    assert (release.demand, impact_of(release).telemetry) == ("offline_keys", False)


@pytest.mark.parametrize(("place", "losing"), [(INSIDE, 12), (OUTSIDE, 0), ((None, None), 0)])
def test_before_the_first_release_those_within_a_known_territory_are_counted(
    authority, ingest, place, losing
):
    ingest(day([next(UTIDS) for _ in range(12)], place), "strangers.arrow")
    ingest(day([row.terminal.value for row in authority.registrations]))
    authority.agree(RULES, now=NOW)
    impact = impact_of(authority.prepare(NOW))
    assert (impact.losing, impact.telemetry) == (losing, True)
    assert impact.demand == ("two_people" if losing else "none")
    assert impact.by_territory == ({"ua": losing} if losing else {})
    assert (impact.bound_people, impact.bound_keys, impact.bound_added) == (10, 100, 1_000)
