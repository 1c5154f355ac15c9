"""Findings about movement tell which fixes and speeds they rest on, and why not another cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.engine.findings import Finding, find_movements
from groundpass.kernel.engine.fix_table import read_fixes
from support.walks import CAP_90, START, drive, parked

AIRFIELD = (50.345, 30.89)


def found(ways: dict[str, list], **rule: Any) -> list[Finding]:
    rows = [(name, fix.time_ns, fix.lat, fix.lon) for name, way in ways.items() for fix in way]
    names, times, lat, lon = zip(*rows, strict=True)
    table = pa.table({"terminal": names, "time": pa.array(times, pa.int64()), "lat": lat, "lon": lon})
    return find_movements(read_fixes(table), replace(CAP_90, **rule))


def test_a_drive_above_the_cap_is_one_finding_with_its_legs() -> None:
    (finding,) = found({"car": drive(120, 300), "slow": drive(60, 600)})
    assert (finding.terminal, finding.kind) == ("car", "TOO_FAST")
    assert len(finding.legs) == 20
    assert {round(leg.kmh) for leg in finding.legs} == {120}
    assert finding.legs[0].start < finding.start < finding.end == finding.legs[-1].end
    said = " ".join(finding.says["en"])
    assert "20 legs one after another were at 90 km/h or faster" in said
    assert "did not jump beyond 1500 km/h" in said
    assert "together with" in said
    assert len(finding.says["uk"]) == len(finding.says["en"])


def test_who_is_never_too_fast_gives_no_finding() -> None:
    assert found({"car": drive(80, 900)}) == []
    assert len(found({"car": drive(80, 900)}, speed_cap=75)) == 1


def test_two_drives_with_a_rest_between_are_two_findings() -> None:
    first = drive(120, 300)
    rest = [replace(first[-1], time_ns=first[-1].time_ns + second * NS) for second in range(15, 200, 15)]
    start = (rest[-1].time_ns - START) / NS
    again = drive(130, 300, start=start, lat=rest[-1].lat, lon=rest[-1].lon)[1:]
    one, two = found({"car": [*first, *rest, *again]})
    assert [round(leg.kmh) for leg in (one.legs[0], two.legs[0])] == [120, 130]
    assert two.start > one.end


def test_a_crowd_on_an_airfield_is_explained_by_its_number() -> None:
    fleet = parked(12, hours=0.5)
    table = {
        f"home {number}": [
            replace(
                drive(0, 0)[0],
                time_ns=START + int(second) * NS,
                lat=lat if second < 900 else AIRFIELD[0] + number * 1e-4,
                lon=lon if second < 900 else AIRFIELD[1],
            )
            for second, lat, lon in zip(
                fleet.seconds, fleet.lat[number] + 1.5, fleet.lon[number], strict=True
            )
        ]
        for number in range(12)
    }
    findings = found(table)
    assert {(finding.kind) for finding in findings} == {"SPOOF_SUSPECTED"}
    assert len(findings) == 12
    assert "as 11 other terminals did into the same place" in " ".join(findings[0].says["en"])
    assert "no evidence of movement" in " ".join(findings[0].says["en"])


def test_two_places_in_turn_are_explained_as_two_terminals() -> None:
    here, there = drive(0, 0, lat=50)[0], drive(0, 0, lat=47)[0]
    rng = np.random.default_rng(1)
    way = [
        replace(
            (here, there)[turn % 2],
            time_ns=START + turn * 60 * NS,
            lat=(here, there)[turn % 2].lat + float(rng.normal(0, 1e-5)),
        )
        for turn in range(10)
    ]
    finding = found({"twin": way})[-1]
    assert finding.kind == "CLONE_SUSPECTED"
    said = " ".join(finding.says["en"])
    assert "two places in turn" in said
    assert "nobody is cut off by this" in said
    assert finding.as_json()["says"]["uk"]
