from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NEVER, NO_TIME
from groundpass.kernel.core.verdicts import Flag, Reason, Verdict
from groundpass.kernel.wire import enforcement, observations
from groundpass.kernel.wire.enforcement import Window
from groundpass.kernel.wire.observations import Observations
from groundpass.kernel.wire.reports import REPORTS, check_columns
from groundpass.kernel.wire.verdicts import CODED, VERDICTS, coded_verdicts, plain_verdicts


def columns(**change):
    """Two verdicts, one with everything and one with nothing."""
    plain = {
        "terminal": pa.array(["ut01", None], pa.large_string()),
        "time_ns": np.array([10**18 + 1000, NO_TIME], np.int64),
        "verdict": np.array([Verdict.DENY, Verdict.UNGOVERNED], np.uint8),
        "reason": np.array([Reason.EXPIRED, Reason.UNLOCATED], np.uint8),
        "flags": np.array([Flag.GRACE | Flag.HELD, 0], np.uint8),
        "territory": np.array([2, 0], np.uint16),
        "valid_until_ns": np.array([10**18 + 5000, NEVER], np.int64),
        "territories": ["levada", "yar"],
        "release": 42,
        "block_serial": 0,
    }
    return coded_verdicts(**{**plain, **change})


def test_verdicts_are_words_for_readers():
    table = columns()
    assert table.schema == CODED
    assert plain_verdicts(table).schema == VERDICTS
    assert plain_verdicts(table).to_pylist() == table.to_pylist()
    table.validate(full=True)
    first, second = table.to_pylist()
    assert (first["verdict"], first["reason"], first["flags"]) == ("DENY", "EXPIRED", "GRACE|HELD")
    assert (first["territory"], first["release"], first["block_serial"]) == ("yar", 42, 0)
    assert (second["verdict"], second["reason"], second["flags"]) == ("UNGOVERNED", "UNLOCATED", "")
    assert second["territory"] == ""
    assert second["terminal"] is second["time"] is second["valid_until"] is None
    assert table["time"].cast(pa.int64())[0].as_py() == 10**18 + 1000
    assert table["valid_until"].cast(pa.int64())[0].as_py() == 10**18 + 5000


def test_every_word_has_the_place_of_its_number():
    for reason in Reason:
        assert columns(reason=np.full(2, reason, np.uint8))["reason"].to_pylist() == [reason.name] * 2
    for verdict in Verdict:
        assert columns(verdict=np.full(2, verdict, np.uint8))["verdict"].to_pylist() == [verdict.name] * 2


def test_columns_that_differ_in_length_are_refused():
    with pytest.raises(BadInput):
        columns(flags=np.zeros(3, np.uint8))


@pytest.mark.parametrize(
    ("names", "ours"),
    [
        (["lon", "lat", "time", "terminal", "other"], ("terminal", "time", "lat", "lon")),
        (["terminal", "time", "h3"], ("terminal", "time", "h3")),
        (["terminal", "time", "country"], ("terminal", "time", "country")),
        (REPORTS.names, tuple(REPORTS.names)),
    ],
)
def test_the_columns_of_reports_are_found_by_name(names, ours):
    assert check_columns(names) == ours


@pytest.mark.parametrize(
    ("names", "named"),
    [
        (["time", "lat", "lon"], "'terminal'"),
        (["terminal", "lat", "lon"], "'time'"),
        (["terminal", "time", "lat"], "'lon'"),
        (["terminal", "time", "lon", "h3"], "'lat'"),
        (["terminal", "time", "speed_mps"], "no position"),
        (["terminal", "time", "time", "h3"], "'time'"),
        ([], "'terminal'"),
    ],
)
def test_reports_with_the_wrong_columns_are_refused_with_the_column_named(names, named):
    with pytest.raises(BadInput, match=named):
        check_columns(names)


def same(one, other):
    return all(
        getattr(one, item.name).tolist() == getattr(other, item.name).tolist()
        for item in dataclasses.fields(Observations)
    )


def test_observations_survive_the_road_through_their_bytes(samples):
    seen = samples.observations()
    assert same(observations.unpack(observations.pack(seen)), seen)
    assert same(observations.unpack(observations.pack(Observations.none())), Observations.none())


def test_observations_touched_on_the_way_are_refused_or_read(samples):
    data = observations.pack(samples.observations())
    for place in range(len(data)):
        with pytest.raises(BadInput):
            observations.unpack(data[:place])
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            try:
                observations.unpack(bytes(flipped))
            except BadInput:
                continue


@pytest.mark.parametrize(
    "change",
    [
        {"key": np.array([77, 1, 2], np.uint64)},
        {"key": np.array([0, 1, 2], np.uint64)},
        {"verdict": np.array([0, 1, 3], np.uint8)},
        {"reason": np.array([0, 1, 3], np.uint8)},
        {"reports": np.array([1], np.uint32)},
        {"reports": np.array([1, 2, 3], np.int64)},
    ],
)
def test_observations_that_make_no_sense_are_refused(samples, change):
    with pytest.raises(BadInput):
        dataclasses.replace(samples.observations(), **change)


def test_an_enforcement_report_survives_the_road_through_its_bytes(samples):
    report = samples.enforcement()
    again = enforcement.decode(enforcement.encode(report))
    assert again == report
    assert same(again.seen(), samples.observations())


@pytest.mark.parametrize(
    "change",
    [
        {"decided": 13},
        {"by_reason": {"LISTED": 12, "NOBODY": 0}},
        {"by_verdict": {"LISTED": 12}},
        {"flags": {"LISTED": 1}},
        {"verified_at": 0},
        {"applied_at": 0},
        {"window": Window(5, 5)},
        {"state_hash": "abc"},
        {"feed": ""},
        {"observed": -1},
    ],
)
def test_an_enforcement_report_that_contradicts_itself_is_neither_written_nor_read(samples, change):
    wrong = msgspec.structs.replace(samples.enforcement(), **change)
    with pytest.raises(BadInput):
        enforcement.encode(wrong)
    with pytest.raises(BadInput):
        enforcement.decode(msgspec.json.encode(wrong, order="sorted"))


def test_an_enforcement_report_with_other_rows_than_it_says_is_found_out(samples):
    report = msgspec.structs.replace(samples.enforcement(), observed=2)
    with pytest.raises(BadInput):
        report.seen()


def test_a_flipped_bit_in_an_enforcement_report_is_refused_or_read(samples):
    data = enforcement.encode(samples.enforcement())
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        try:
            report = enforcement.decode(bytes(flipped))
            assert report != samples.enforcement()
            report.seen()
        except BadInput:
            continue
