"""The map of a decided file: one page with everything in it, and the same numbers as the summary."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.reports import Reports
from groundpass.operator.decide import decide_file
from groundpass.operator.decision_map import FINEST, MOST_SQUARES, Tally
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.store import init_store
from groundpass.operator.sync import sync
from support.publisher import Publisher, utid
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path


class Verdicts:
    def __init__(self, verdict: list[int]) -> None:
        self.verdict = np.array(verdict, np.uint8)


def counted(lon: list[float], lat: list[float], verdict: list[int]) -> Tally:
    tally = Tally()
    size = len(lon)
    tally.note(
        Reports.of(size, lon=np.array(lon), lat=np.array(lat), key=np.ones(size, np.uint64)),
        Verdicts(verdict),
    )
    return tally


def test_reports_are_counted_by_square_and_verdict() -> None:
    tally = counted([30.001, 30.009, 30.011, math.nan], [50.0, 50.001, 50.0, 50.0], [1, 2, 2, 2])
    side, squares = tally.squares()
    assert side == FINEST
    assert squares[:, 2:].tolist() == [[0, 1, 1], [0, 0, 1]]
    assert tally.unplaced == 1


@pytest.mark.parametrize("where", [(180.0, 90.0), (-180.0, -90.0)])
def test_the_ends_of_the_earth_have_a_square(where: tuple[float, float]) -> None:
    _, squares = counted([where[0]], [where[1]], [2]).squares()
    assert squares[:, 2:].tolist() == [[0, 0, 1]]


def test_many_squares_are_joined_until_a_page_can_draw_them_and_none_is_lost() -> None:
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(22, 40, 50_000), rng.uniform(44, 52, 50_000)
    side, squares = counted(lon.tolist(), lat.tolist(), [1] * 50_000).squares()
    assert side > FINEST
    assert len(squares) <= MOST_SQUARES
    assert squares[:, 2:].sum() == 50_000


def test_a_decided_file_is_drawn_with_its_numbers_and_without_any_address(tmp_path: Path) -> None:
    keys = OperatorKeys.create(tmp_path / "keys")
    publisher = Publisher(tmp_path, keys.wrap_public, NOW, listed=[utid(1)])
    publisher.publish()
    store = init_store(tmp_path / "store", publisher.root, keys, str(publisher.public), now=NOW)
    sync("", store.folder, now=NOW)
    table = pa.table(
        {
            "terminal": [utid(1), utid(2), "</script>"],
            "time": [NOW * NS] * 3,
            "lat": [50.0] * 3,
            "lon": [30.0] * 3,
        }
    )
    pq.write_table(table, tmp_path / "r.parquet")
    page = tmp_path / "map.html"
    how = {"store": store, "now_ns": NOW * NS, "drawing": page}
    summary = decide_file(tmp_path / "r.parquet", tmp_path / "v.parquet", **how)
    text = page.read_text("utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', text)[1])
    assert data["rows"] == summary.rows == 3
    assert data["by_verdict"] == summary.by_verdict == {"ALLOW": 1, "DENY": 2}
    assert [square[2:] for square in data["squares"]] == [[0, 1, 2]]
    assert [item["name"] for item in data["territories"]]
    assert set(data["by_reason"][0]["says"]) == {"en", "uk"}
    assert utid(1) not in text
    assert re.findall(r"https?://[^\"\s]+", text) == ["http://www.w3.org/2000/svg"]
