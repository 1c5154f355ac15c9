"""The truth table `tests/decisions/*.yaml` as releases and reports."""

from __future__ import annotations

import copy
import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import h3
import numpy as np
import shapely
import yaml
from pyproj import Geod
from shapely import MultiPolygon

from groundpass.kernel.core.intervals import ALWAYS, NEVER, NS, Interval, parse_time, to_seconds
from groundpass.kernel.core.state import Blocks, Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import Action, Verdict, WhenUncertain
from groundpass.kernel.engine import Report
from groundpass.kernel.territory import to_wkb

FOLDER = Path(__file__).parent.parent / "decisions"
WORLD = yaml.safe_load((FOLDER / "world.yaml").read_text("utf-8"))
FILES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("[0-9]*.yaml"))}
WORDS = {
    *(
        "name",
        "terminal",
        "place",
        "beside",
        "radius",
        "cell",
        "cell number",
        "country",
        "at",
        "now",
        "issued",
    ),
    *("track", "before", "came", "crowd", "speed", "but", "then", "flags", "territory", "until"),
}
WAYS = {"east": (0, math.inf), "west": (0, -math.inf), "north": (1, math.inf), "south": (1, -math.inf)}
HEADINGS = {"north": 0, "east": 90, "south": 180, "west": 270}
GEOD = Geod(ellps="WGS84")


def nanoseconds(written: Any) -> int:
    if isinstance(written, dt.datetime):
        return to_seconds(written) * NS
    whole, _, fraction = written.removesuffix("Z").partition(".")
    return parse_time(whole) * NS + int(fraction.ljust(9, "0") or 0)


def seconds(written: Any, otherwise: int) -> int:
    return otherwise if written is None else nanoseconds(written) // NS


def key_of(terminal: str) -> int:
    """Invented keys; "nobody" stands for no terminal at all."""
    return 0 if terminal == "nobody" else int.from_bytes(terminal.encode()[:8].ljust(8, b"\1"), "big")


def changed(world: dict[str, Any], but: dict[str, Any]) -> dict[str, Any]:
    """The world with what a case changes in it."""
    world = copy.deepcopy(world)
    for name, value in but.items():
        if value == "none":
            world[name] = type(world[name])()
        elif name == "territories":
            for place, fields in value.items():
                world[name].setdefault(place, {}).update(fields)
        elif name == "rules":
            for rule in value:
                pair = (rule["territory"], rule["profile"])
                if rule.get("replace"):
                    world[name] = [old for old in world[name] if (old["territory"], old["profile"]) != pair]
                world[name].append(rule)
        elif isinstance(value, dict):
            world.setdefault(name, {}).update(value)
        else:
            world[name] = value
    return world


def territory(name: str, fields: dict[str, Any]) -> Territory:
    holes = MultiPolygon([shapely.box(*box) for group in fields.get("holes", []) for box in group])
    shape = MultiPolygon([shapely.box(*box) for box in fields["boxes"]]).difference(holes)
    return Territory(
        id=name,
        name=fields["name"],
        wkb=to_wkb(shape),
        effective=Interval(seconds(fields.get("from"), ALWAYS), seconds(fields.get("until"), NEVER)),
        precedence=fields.get("precedence", 0),
        when_uncertain=WhenUncertain[fields.get("when_uncertain", "outside").upper()],
        settle=fields.get("settle", 1),
        country=fields.get("country", ""),
    )


def rule(fields: dict[str, Any]) -> Rule:
    given = {name: fields[name] for name in ("speed_cap", "sustained", "release", "grace") if name in fields}
    permitted = fields.get("permitted")
    return Rule(
        territory=fields["territory"],
        profile=fields["profile"],
        action=Action[fields["action"].upper()],
        effective=Interval(seconds(fields.get("from"), ALWAYS), seconds(fields.get("until"), NEVER)),
        permitted=None if permitted is None else tuple(permitted),
        **given,
    )


def release(world: dict[str, Any], issued: int) -> State:
    rows = sorted((key_of(name), *fields) for name, fields in world["entries"].items())
    profiles = tuple(world["profiles"])
    unlocated = {"listed": "allow", "others": "ungoverned", **world.get("unlocated", {})}
    return State(
        feed="truth",
        session="00",
        serial=7,
        issued=issued,
        scheme="utid",
        profiles=profiles,
        entries=Entries(
            np.array([row[0] for row in rows], np.uint64),
            np.array([profiles.index(row[1]) for row in rows], np.uint16),
            np.array([seconds(row[2], 0) for row in rows], np.int64),
            np.array([seconds(row[3], 0) for row in rows], np.int64),
        ),
        territories=tuple(territory(name, fields) for name, fields in world["territories"].items()),
        rules=tuple(rule(fields) for fields in world["rules"]),
        unlocated_listed=Verdict[unlocated["listed"].upper()],
        unlocated_others=Verdict[unlocated["others"].upper()],
        after_hold_others=Verdict[world["after_hold"].upper()] if "after_hold" in world else None,
    )


def block_list(world: dict[str, Any]) -> Blocks:
    rows = sorted((key_of(name), seconds(until, 0)) for name, until in world["blocks"].items())
    return Blocks(
        3, np.array([row[0] for row in rows], np.uint64), np.array([row[1] for row in rows], np.int64)
    )


def report(case: dict[str, Any], time_ns: int) -> Report:
    place = case.get("place", [math.nan, math.nan])
    spot = [float(number) for number in (WORLD["places"][place] if isinstance(place, str) else place)]
    if "beside" in case:
        axis, way = WAYS[case["beside"]]
        spot[axis] = float(np.nextafter(spot[axis], way))
    cell = case.get("cell number", 0)
    if "cell" in case:
        cell = h3.str_to_int(h3.latlng_to_cell(spot[1], spot[0], case["cell"]))
        spot = [math.nan, math.nan]
    return Report(
        key=key_of(case["terminal"]),
        time_ns=time_ns,
        lon=spot[0],
        lat=spot[1],
        uncertainty_m=float(case.get("radius", math.nan)),
        cell=cell,
        country=case.get("country", ""),
        speed_mps=float(case.get("speed", math.nan)) / 3.6,
    )


def history(case: dict[str, Any], last: Report) -> list[Report]:
    """What the terminal reported before, and a crowd that reports the same; the case's own report is last.

    BEFORE lists reports. CAME is a straight way to the place: at so many KMH, FOR so many seconds, a report
    EVERY 15 (or so many) seconds, heading EAST (or another way). A CROWD is so many others who do the same.
    """
    rows = [
        report({"terminal": case["terminal"]} | row, nanoseconds(row["at"])) for row in case.get("before", [])
    ]
    if "came" in case:
        rows += way(last, **case["came"])
    rows.append(last)
    others = [f"#{number:07}" for number in range(case.get("crowd", 0))]
    crowd = [replace(row, key=key_of(name)) for name in others for row in rows]
    return [*crowd, *rows]


def way(last: Report, *, kmh: float, **more: Any) -> list[Report]:
    """Reports on a straight way that ends where the last one is, at the moment of that one."""
    rows = []
    back = (HEADINGS[more.get("heading", "east")] + 180) % 360
    for before in range(more["for"], 0, -more.get("every", 15)):
        lon, lat, _ = GEOD.fwd(last.lon, last.lat, back, kmh / 3.6 * before)
        rows.append(replace(last, time_ns=last.time_ns - before * NS, lon=lon, lat=lat))
    return rows
