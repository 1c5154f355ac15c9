"""Where a point lies: all layers at once by ours, one layer by prepared polygons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import fields
import numpy as np
import ours
import shapely
from measuring import Case, paired, timed
from settings import NAMES

if TYPE_CHECKING:
    from measuring import Book
    from settings import Setting

SHAPELY = 1_000_000  # points at a time: its rate does not depend on how many


def measure(book: Book, setting: Setting) -> None:
    """Each kind of points."""
    many = len(setting.many.shapes)
    book.part = f"Locating points, {many} layers, {len(setting.many.corners):,} corners"
    engine = ours.Engine(fields.release(setting.many, 1000), fields.NOW)
    country = setting.many.shapes[0]
    shapely.prepare(country)
    cases, kinds = [], []
    for kind, name in NAMES.items():
        place = fields.points(setting.many, kind, setting.plan.rows)
        lon, lat = np.ascontiguousarray(place[:, 0]), np.ascontiguousarray(place[:, 1])
        few = slice(0, SHAPELY)
        inside = shapely.intersects_xy(country, lon[few], lat[few])
        ours_says = engine.within(lon[few], lat[few], 0)
        if wrong := book.compare(f"locate/{kind}", {"inside": ours_says}, {"inside": inside}):
            book.absent(f"locate/{kind}", name, f"wrong answers are not timed: {wrong}")
            continue
        kinds.append(kind)
        prepared = partial(shapely.intersects_xy, country, lon[few], lat[few])
        one = f"{name}, shapely prepared, one layer"
        all_ = f"{name}, {many} layers"
        cases += [
            Case(f"locate/{kind}", all_, len(lon), timed(partial(engine.locate, lon, lat))),
            Case(f"shapely/{kind}", one, len(lon[few]), timed(prepared)),
        ]
    rates = book.interleaved(cases, setting.plan.runs)
    for kind in kinds:
        pairs = paired(rates[f"locate/{kind}"], rates[f"shapely/{kind}"])
        what = f"{many} layers against shapely prepared, one layer, {NAMES[kind]}"
        book.ratio(f"locate/{kind}", what, pairs, beside=f"shapely/{kind}")
    if {"B", "C"} <= set(kinds):
        pairs = paired(rates["locate/B"], rates["locate/C"])
        book.ratio("locate-border", "locating set B against set C", pairs)
