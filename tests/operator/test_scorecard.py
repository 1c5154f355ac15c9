"""The scorecard on files of a few terminals, whose figures are counted by hand."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from groundpass import Tracks
from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.core.intervals import NS, show_time
from groundpass.operator.scorecard.card import Scorecard, Terms, score
from groundpass.operator.scorecard.page import COLUMNS
from groundpass.operator.scorecard.recorded import score_recorded
from groundpass.operator.scorecard.shares import median_interval, wilson
from groundpass.operator.scorecard.truth import Known, Motion, Span
from groundpass.operator.scorecard.watch import Cap
from groundpass.operator.simulator.scene.files import write_scene
from groundpass.operator.simulator.scene.make import make_scene
from groundpass.operator.simulator.scene.plan import ScenePlan
from support.walks import START, circle, drive

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = START // NS
HEADER = "terminal,platform,usage_class,registered,entitled,what,start,end,least_kmh,most_kmh,lat,lon\n"
TERMS = Terms(Cap(90, 120, 60), ("rail",))


def at(second: float) -> str:
    return show_time(BEGIN + int(second))


class Files:
    """A file of reports and one of the truth, a terminal at a time."""

    def __init__(self, folder: Path) -> None:
        self.reports, self.truth = folder / "reports.csv", folder / "truth.csv"
        self._rows: list[tuple[int, str, float, float]] = []
        self._truth: list[str] = []

    def add(self, name: str, platform: str, way: list, *spans: tuple, usage_class: str = "fixed") -> None:
        """A terminal: its way as reported, and (what, start, end, least, most) in s and km/h."""
        self._rows += [(fix.time_ns, name, fix.lat, fix.lon) for fix in way]
        for what, start, end, *kmh in (("there", 0, 1200), *spans):
            cells = (
                name,
                platform,
                usage_class,
                "true",
                "true",
                what,
                at(start),
                at(end),
                *(kmh or ("", "")),
            )
            self._truth.append(",".join(map(str, (*cells, "", ""))))

    def score(self, terms: Terms = TERMS) -> Scorecard:
        lines = [f"{name},{show_time(ns // NS)},{lat},{lon}" for ns, name, lat, lon in sorted(self._rows)]
        self.reports.write_text("\n".join(["terminal,time,lat,lon", *lines]) + "\n")
        self.truth.write_text(HEADER + "\n".join(self._truth) + "\n")
        return score(self.reports, self.truth, terms)


def parked(lat: float = 50) -> list:
    return drive(0, 1200, lat=lat)


def thrown(*ways: list) -> list:
    return [fix for way in ways for fix in way]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Seven terminals: two wings, two homes, two trains and a van."""
    files = Files(tmp_path)
    files.add("found", "wing", drive(120, 1200, lat=46), ("moving", 0, 1200, 118, 122))
    files.add("missed", "wing", drive(120, 1200, lat=47, every=400), ("moving", 0, 1200, 118, 122))
    files.add("quiet", "home", parked())
    files.add("misled", "home", drive(120, 1200, lat=48))  # reported to fly, and stands
    files.add("exempt", "train", drive(120, 1200, lat=49), ("moving", 0, 1200, 118, 122), usage_class="rail")
    files.add("train", "train", drive(120, 300, lat=51), ("moving", 0, 300, 118, 122), usage_class="vehicle")
    files.add("between", "van", drive(92, 1200, lat=52), ("moving", 0, 1200, 85, 95), usage_class="vehicle")
    return files


def test_who_was_found_and_who_was_wrongly_cut_is_counted(files: Files) -> None:
    rows = {(row["platform"], row["exempt"]): row for row in files.score().to_dict()["rows"]}
    assert list(rows) == [("home", False), ("van", False), ("train", False), ("train", True), ("wing", False)]
    counted = {
        key: (row["terminals"], row["fast"], row["found"], row["wrongly_cut"], row["stretches"])
        for key, row in rows.items()
    }
    assert counted == {
        ("wing", False): (2, 2, 1, 0, 2),
        ("home", False): (2, 0, 0, 1, 0),
        ("train", False): (1, 1, 1, 0, 1),
        ("train", True): (1, 1, 1, 0, 1),
        ("van", False): (1, 0, 0, 0, 0),  # neither surely fast nor surely slow
    }
    wing = rows["wing", False]
    assert wing["recall"] == 0.5
    assert wing["recall_interval"] == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert wing["false_cut_interval"] == pytest.approx((0.0, 0.6576), abs=1e-4)
    assert rows["home", False]["recall"] is None
    assert rows["home", False]["false_cut"] == 0.5
    assert rows["train", True]["false_cut"] is None


def test_the_time_to_detect_runs_from_the_true_beginning(files: Files) -> None:
    files.add(
        "later",
        "boat",
        thrown(parked()[:21], drive(120, 900, start=315, lat=50)),
        ("moving", 300, 1200, 119, 121),
    )
    rows = {row["platform"]: row for row in files.score().to_dict()["rows"] if not row["exempt"]}
    assert rows["wing"]["detected_in_s"] == 120
    assert rows["wing"]["detected_in_interval_s"] == (120, 120)
    assert rows["wing"]["detected_in_p90_s"] == 120
    assert rows["boat"]["detected_in_s"] == 135
    assert rows["home"]["detected_in_s"] is None


def test_a_terminal_that_was_off_or_spoofed_while_it_was_fast_need_not_be_found(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for what, lat in (("off", 46), ("spoofed", 47), ("jammed", 48)):
        files.add(what, "wing", parked(lat), ("moving", 0, 300, 118, 122), (what, 100, 300))
    files.add("plain", "wing", parked(49), ("moving", 0, 300, 118, 122))
    (row,) = files.score().to_dict()["rows"]
    assert (row["terminals"], row["fast"], row["found"], row["spoofed"]) == (4, 1, 0, 1)


def test_spoofing_and_clones_are_held_against_the_truth(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for home in range(12):
        lat = 50 + home / 100
        there = drive(0, 300, start=600 + home, lat=50.5, lon=31)
        way = thrown(drive(0, 590, lat=lat), there, drive(0, 280, start=920, lat=lat))
        files.add(f"jumps {home}", "home", way, *([("spoofed", 600, 910)] if home else []))
    both = [drive(0.1, 1180, every=60, lat=47), drive(0.1, 1150, start=30, every=60, lat=52)]
    files.add("two", "cloned", sorted(thrown(*both), key=lambda fix: fix.time_ns), ("cloned", 0, 1200))
    files.add("alone", "cloned", parked(53), ("cloned", 0, 1200))
    rows = {row["platform"]: row for row in files.score().to_dict()["rows"]}
    assert [rows["home"][name] for name in ("spoofed", "suspected", "suspected_in_vain")] == [11, 11, 1]
    assert [rows["cloned"][name] for name in ("cloned", "doubled", "doubled_in_vain")] == [2, 1, 0]
    assert rows["home"]["wrongly_cut"] == 0


def test_terminals_without_a_truth_are_counted_and_not_judged(files: Files, tmp_path: Path) -> None:
    card = files.score()
    assert card.strangers == 0
    lines = files.truth.read_text().splitlines()
    files.truth.write_text("\n".join(line for line in lines if not line.startswith("quiet")) + "\n")
    card = score(files.reports, files.truth, TERMS)
    assert card.strangers == 1
    assert sum(row.terminals for row in card.rows) == 6


def test_the_stretches_of_one_truth_depend_on_the_cap() -> None:
    one = Known("van")
    one.moving = [
        Motion(0, 100 * NS, 95, 130),
        Motion(100 * NS, 200 * NS, 90, 99),
        Motion(400 * NS, 600 * NS, 0, 85),
    ]
    assert one.surely_fast(90, 120) == [Span(0, 200 * NS)]
    assert one.surely_fast(95, 100) == [Span(0, 100 * NS)]
    assert one.surely_fast(95, 120) == []
    assert one.maybe_fast(90, 120) == [Span(0, 200 * NS), Span(400 * NS, 600 * NS)]
    one.spans["off"] = [Span(50 * NS, 60 * NS)]
    assert one.surely_fast(90, 120) == [Span(60 * NS, 200 * NS)]
    assert one.maybe_fast(100, 120) == [Span(0, 200 * NS)]


def test_intervals_are_wilsons_and_drawn_ones_repeat() -> None:
    assert wilson(0, 0) is None
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    with pytest.raises(ValueError, match="is no share"):
        wilson(3, 2)
    values = np.random.default_rng(1).normal(100, 10, 200)
    low, high = median_interval(values, 7) or (0, 0)
    assert low < np.median(values) < high
    assert 1.0 < high - low < 6.0
    assert median_interval(values, 7) == (low, high)
    assert median_interval(values, 8) != (low, high)
    assert median_interval(values[:0], 7) is None
    assert median_interval(np.full(5, 3.0), 7) == (3.0, 3.0)


def test_reports_of_every_format_in_any_order_within_a_minute_give_the_same(
    files: Files, tmp_path: Path
) -> None:
    plain = files.score().to_dict()
    from pyarrow import csv as arrow_csv

    table = arrow_csv.read_csv(files.reports)
    parquet = tmp_path / "reports.parquet"
    pq.write_table(table.set_column(1, "time", table["time"].cast(pa.timestamp("ms", "UTC"))), parquet)
    assert score(parquet, files.truth, TERMS).to_dict() == plain
    renamed = tmp_path / "renamed.csv"
    renamed.write_text(files.reports.read_text().replace("terminal,", "id,", 1))
    assert score(renamed, files.truth, TERMS, mapping={"terminal": "id"}).to_dict() == plain


@pytest.mark.parametrize("ending", ["html", "svg", "csv", "json"])
def test_a_scorecard_is_written_as_a_page_a_drawing_or_figures(
    files: Files, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"card.{ending}"
    card = files.score()
    card.save(path)
    text = path.read_text("utf-8")
    if ending == "svg":
        words = re.findall(r">([^<]+)</text>", text)
        assert {"wing", "train (exempt)", "50.0%", "120 s"} <= set(words)
        assert (
            text.count("<circle") == 3 + 4 + 3
        )  # found, wrongly cut and timed: who has the figure has a dot
        assert text.count("<svg ") == text.count("</svg>") == 1
    elif ending == "html":
        assert all(name in text for name in COLUMNS)
        assert text.count("<tr>") == 1 + len(card.rows)
        assert "1 of 2" in text
        assert "src=" not in text
        assert "href=" not in text
    elif ending == "csv":
        rows = {(row["platform"], row["exempt"]): row for row in csv.DictReader(text.splitlines())}
        assert rows["wing", "False"]["recall"] == "0.5"
        assert rows["wing", "False"]["recall_interval_low"].startswith("0.0945")
    else:
        assert json.loads(text)["rows"][0]["platform"] == "home"


def test_an_unknown_ending_is_refused_before_anything_is_read(files: Files, tmp_path: Path) -> None:
    Scorecard.check(tmp_path / "card.html")
    with pytest.raises(BadInput, match=r"'\.png'"):
        Scorecard.check(tmp_path / "card.png")
    with pytest.raises(BadInput, match=r"'\.png'"):
        files.score().save(tmp_path / "card.png")


def test_files_that_are_no_reports_or_no_truth_are_refused(files: Files, tmp_path: Path) -> None:
    files.score()
    with pytest.raises(BadInput, match="no column 'platform'"):
        score(files.reports, files.reports, TERMS)
    with pytest.raises(BadInput, match="lat"):
        score(files.truth.with_name("none.csv"), _written(tmp_path / "none.csv", "terminal,time\n"), TERMS)
    with pytest.raises(CannotRun):
        score(tmp_path / "nowhere.csv", files.truth, TERMS)
    cells = _written(tmp_path / "cells.csv", f"terminal,time,h3\na,{at(0)},85283473fffffff\n")
    with pytest.raises(BadInput, match="cells and no points"):
        score(cells, files.truth, TERMS)
    broken = _written(tmp_path / "truth2.csv", HEADER + "a,van,,,,there,noon,later,,,,\n")
    with pytest.raises(BadInput, match="start and end"):
        score(files.reports, broken, TERMS)


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_simulated_fleet_is_scored_and_again_with_the_same_figures(tmp_path: Path) -> None:
    plan = ScenePlan(
        shapely.box(24.0, 46.0, 36.0, 51.0), [(48.5, 30.0, 1.0), (49.0, 31.0, 1.0)],
        terminals=150, seconds=5400,
        mix={"home": 1.0, "van": 1.0, "ambulance": 1.0, "train": 1.0, "wing": 1.0, "multirotor": 1.0},
    )  # fmt: skip
    reports, truth = tmp_path / "r.parquet", tmp_path / "t.parquet"
    write_scene(make_scene(plan), reports, truth)
    cards = [score(reports, truth, TERMS).to_dict() for _ in range(2)]
    assert cards[0] == cards[1]
    rows = {(row["platform"], row["exempt"]): row for row in cards[0]["rows"]}
    for platform in ("ambulance", "wing"):
        assert rows[platform, False]["fast"] > 10
        assert rows[platform, False]["recall"] > 0.9
        assert 120 <= rows[platform, False]["detected_in_s"] < 180
    assert not any(rows[platform, False]["wrongly_cut"] for platform in ("home", "multirotor", "van"))
    assert rows["train", True]["found"] > 10


@pytest.mark.parametrize("every", [15, 30, 60])
@pytest.mark.parametrize(
    ("kmh", "radius"),
    [(95, (350, 700, 1400)), (100, (265, 530, 1060)), (120, (200, 390, 785)), (150, (190, 375, 755))],
)
def test_a_circle_is_seen_from_the_radius_on_that_the_page_gives(kmh: int, radius: tuple, every: int) -> None:
    least = radius[(15, 30, 60).index(every)]
    second = np.arange(0, 1800.0, every)
    for metres, seen in ((1.1 * least, True), (0.9 * least, False)):
        lat, lon = circle(50, 30, metres, kmh, second)
        table = pa.table(
            {"terminal": ["a"] * len(lat), "time": START + (second * NS).astype(int), "lat": lat, "lon": lon}
        )
        assert (len(Tracks(90, 120).update(table)) > 0) == seen


# Recorded tracks


def test_recorded_tracks_are_held_against_their_table(tmp_path: Path) -> None:
    judged = {
        "car/fast.csv": 120,
        "car/slow.csv": 50,
        "car/wrong.csv": 120,
        "drone/missed.csv": 50,
        "drone/edge.csv": 50,
    }
    for name, speed in judged.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        lines = [f"same,{show_time(fix.time_ns // NS)},{fix.lat},{fix.lon}" for fix in drive(speed, 300)]
        (tmp_path / name).write_text("\n".join(["id,time,lat,lon", *lines]) + "\n")
    table = tmp_path / "truth.csv"
    says = ["FLAG", "NO", "NO", "FLAG", "EDGE"]
    table.write_text(
        "file,note,rule_90kmh_120s,rule_40kmh_60s\n"
        + "".join(f"{name},x,{word},GAPPY\n" for name, word in zip(judged, says, strict=True))
    )
    card = score_recorded(tmp_path, table)
    kinds = card.rules[Cap(90, 120, 60)]
    assert [getattr(kinds["car"], name) for name in ("found", "missed", "false", "clear")] == [1, 0, 1, 1]
    assert [getattr(kinds["drone"], name) for name in ("found", "missed", "left_out")] == [0, 1, 1]
    assert [(wrong["file"], wrong["wrong"]) for wrong in card.wrong] == [
        ("car/wrong.csv", "false"),
        ("drone/missed.csv", "missed"),
    ]
    total = card.totals()[0]
    assert (total["found"], total["missed"], total["false"], total["clear"], total["left_out"]) == (
        1,
        1,
        1,
        1,
        1,
    )
    assert total["recall"] == 0.5
    assert card.totals()[1]["left_out"] == 5


def test_a_table_that_judges_nothing_or_names_no_track_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="judges no tracks"):
        score_recorded(tmp_path, _written(tmp_path / "a.csv", "file,note\nx.csv,y\n"))
    with pytest.raises(CannotRun):
        score_recorded(tmp_path, _written(tmp_path / "b.csv", "file,rule_90kmh_120s\nx.csv,NO\n"))
    with pytest.raises(CannotRun):
        score_recorded(tmp_path, tmp_path / "none.csv")
    _written(tmp_path / "x.csv", "id,time,lat,lon\n")
    with pytest.raises(BadInput, match="no positions"):
        score_recorded(tmp_path, tmp_path / "b.csv")
