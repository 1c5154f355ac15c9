"""The scorecard as a drawing: SVG of its own, with no style, font or script from elsewhere.

Three panels over one list of platforms: found, wrongly cut, seconds to detect. A dot is the figure, a bar its
95 % interval; for the time, a tick marks the 90th percentile. Rows that the rule exempts have hollow dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW: Final = 26.0  # px, as everything here
TOP: Final = 64.0
LABELS: Final = 170.0
PANEL: Final = 200.0
GAP: Final = 90.0  # between panels, for the figures in words
BASE: Final = 0.68 * ROW  # of words in a row
INK, PALE, FAINT, BAND, PAPER = "#1a1a1a", "#5a6068", "#d0d4d8", "#f5f6f7", "#ffffff"
NOTHING: Final = "\u2013"  # an en dash
COLOURS: Final = ("#1d5fa8", "#b3261e", "#5b4a9e")
LEAST_CUT: Final = 0.05  # the panel of wrong cuts shows this much at least, so that nothing looks like much
STEPS: Final = 4  # of an axis, each of one of these sizes
SHARES: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25)
SECONDS: Final = (15, 30, 60, 120, 300, 600, 1200, 3600, 10_800, float("inf"))
TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure. value, interval, tick: names in a row · least: its axis goes so far · share: in %."""

    title: str
    value: str
    interval: str
    least: float
    share: bool
    tick: str = ""

    def end(self, rows: Sequence[dict[str, Any]]) -> float:
        """Where its axis ends."""
        seen = [self.least]
        for row in rows:
            seen += [row[name] for name in (self.value, self.tick) if name and row[name] is not None]
            seen += list(row[self.interval] or ())
        step = max(seen) / STEPS
        return STEPS * next(nice for nice in (SHARES if self.share else SECONDS) if nice >= step - TINY)

    def words(self, value: float, *, round_: bool = False) -> str:
        """A figure as people read it."""
        if self.share:
            return f"{value:.0%}" if round_ else f"{value:.1%}"
        return f"{value:.0f} s"


PANELS: Final = (
    Panel("Too fast, and found", "recall", "recall_interval", 1.0, share=True),
    Panel("Wrongly cut", "false_cut", "false_cut_interval", LEAST_CUT, share=True),
    Panel(
        "Time to detect",
        "detected_in_s",
        "detected_in_interval_s",
        60.0,
        share=False,
        tick="detected_in_p90_s",
    ),
)


def draw(rows: Sequence[dict[str, Any]], title: str) -> str:
    """Draw rows of `Tally.to_dict` as SVG."""
    width = LABELS + len(PANELS) * (PANEL + GAP)
    height = TOP + ROW * len(rows) + 40
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    root.attrib |= {"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}"}
    root.set("font-family", "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif")
    _mark(root, "title", title)
    _mark(root, "desc", "; ".join(_sentence(row) for row in rows))
    _mark(root, "rect", width=width, height=height, fill=PAPER)
    _mark(root, "text", title, x=12, y=24, font_size=15, font_weight=600, fill=INK)
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        if number % 2:
            _mark(root, "rect", y=y, width=width, height=ROW, fill=BAND)
        _mark(root, "text", _name(row), x=12, y=y + BASE, font_size=13, fill=INK)
        count = f"{row['terminals']:,}"
        _mark(root, "text", count, x=LABELS - 14, y=y + BASE, font_size=11, fill=PALE, text_anchor="end")
    for number, (panel, colour) in enumerate(zip(PANELS, COLOURS, strict=True)):
        _panel(root, panel, rows, LABELS + number * (PANEL + GAP), colour)
    return ET.tostring(root, encoding="unicode")


def _panel(root: ET.Element, panel: Panel, rows: Sequence[dict[str, Any]], left: float, colour: str) -> None:
    """A panel with its axis and a mark for each row."""
    end, bottom = panel.end(rows), TOP + ROW * len(rows)
    _mark(root, "text", panel.title, x=left, y=TOP - 12, font_size=13, font_weight=600, fill=INK)
    for step in range(STEPS + 1):
        x, words = left + PANEL * step / STEPS, panel.words(end * step / STEPS, round_=True)
        _mark(root, "line", x1=x, y1=TOP, x2=x, y2=bottom, stroke=FAINT)
        _mark(root, "text", words, x=x, y=bottom + 16, font_size=10, text_anchor="middle", fill=PALE)
    for number, row in enumerate(rows):
        middle = TOP + ROW * (number + 0.5)
        known = row[panel.value] is not None
        words = panel.words(row[panel.value]) if known else NOTHING
        _mark(root, "text", words, x=left + PANEL + 10, y=middle + 4, font_size=11, fill=INK)
        if known:
            _figure(root, panel, row, (left, PANEL / end, middle, colour))


def _figure(root: ET.Element, panel: Panel, row: dict[str, Any], at: tuple[float, float, float, str]) -> None:
    """A figure with its interval. at: left edge, px a unit, middle of the row, colour."""
    left, scale, middle, colour = at
    low, high = (left + bound * scale for bound in row[panel.interval])
    _mark(root, "line", x1=low, y1=middle, x2=high, y2=middle, stroke=colour, stroke_width=5, opacity=0.3)
    if panel.tick:
        x = left + row[panel.tick] * scale
        _mark(root, "line", x1=x, y1=middle - 6, x2=x, y2=middle + 6, stroke=colour, stroke_width=2)
    fill = PAPER if row["exempt"] else colour
    x = left + row[panel.value] * scale
    _mark(root, "circle", cx=x, cy=middle, r=4.5, stroke=colour, stroke_width=2, fill=fill)


def _sentence(row: dict[str, Any]) -> str:
    """A row in words, for who does not see it."""
    told = [f"{item.title}: {item.words(row[item.value])}" for item in PANELS if row[item.value] is not None]
    return f"{_name(row)}: {', '.join(told) or 'nothing to judge'}"


def _name(row: dict[str, Any]) -> str:
    return f"{row['platform']}{' (exempt)' if row['exempt'] else ''}"


def _mark(root: ET.Element, tag: str, words: str | None = None, **attributes: float | str) -> None:
    """An element; `font_size` is written as font-size."""
    mark = ET.SubElement(root, tag)
    mark.text = words
    for name, value in attributes.items():
        mark.set(name.replace("_", "-"), value if isinstance(value, str) else f"{value:.10g}")
