"""A figure over time as a small plot: a point for each measurement, a whisker for what is uncertain.

1. Time runs from left to right, the oldest first; points are as far apart as they are many, not as long.
2. The axis starts at zero and ends above the highest whisker, at 1, 2 or 5 times a power of ten.
3. A measurement without a value leaves its place empty. The table beside the plot has every number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

WIDTH: Final = 230  # pixels
HEIGHT: Final = 120
LEFT: Final = 70  # room for the labels of the axis
BOTTOM: Final = 30
TOP: Final = 14
STEPS: Final = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """A measurement: its name on the axis, its value or None, and the ends of its whisker."""

    name: str
    value: float | None
    low: float | None
    high: float | None


def plot(points: Sequence[Point], label: str, show: Callable[[float], str]) -> SafeString:
    """Draw measurements, the oldest first; `label` is what a screen reader says, `show` writes a value."""
    highest = max((point.high or point.value or 0.0 for point in points), default=0.0)
    top = ceiling(highest)
    return format_html(
        '<svg class="gp-plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        LEFT + WIDTH,
        TOP + HEIGHT + BOTTOM,
        label,
        _grid(top, show),
        format_html_join(
            "", "{}", ((_mark(point, index, len(points), top),) for index, point in enumerate(points))
        ),
    )


def ceiling(highest: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten; 1 where there is nothing."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in STEPS if step * power >= highest * 0.999999)


def _height(value: float, top: float) -> float:
    return TOP + HEIGHT * (1 - value / top)


def _at(value: float, top: float, lower: float = 0) -> str:
    return f"{_height(value, top) + lower:.1f}"


def _grid(top: float, show: Callable[[float], str]) -> SafeString:
    return format_html_join(
        "",
        '<line class="gp-plot__grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
        '<text x="{3}" y="{4}" text-anchor="end">{5}</text>',
        (
            (LEFT, LEFT + WIDTH, _at(value, top), LEFT - 8, _at(value, top, 5), show(value))
            for value in (0.0, top / 2, top)
        ),
    )


def _mark(point: Point, index: int, count: int, top: float) -> SafeString:
    x = LEFT + WIDTH * (index + 0.5) / count
    name = format_html(
        '<text x="{}" y="{}" text-anchor="middle">{}</text>', f"{x:.1f}", TOP + HEIGHT + 22, point.name
    )
    if point.value is None:
        return name
    whisker = (
        format_html(
            '<line class="gp-plot__range" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>',
            f"{x:.1f}",
            _at(point.low, top),
            _at(point.high, top),
        )
        if point.low is not None and point.high is not None
        else ""
    )
    dot = format_html(
        '<circle class="gp-plot__bar" cx="{}" cy="{}" r="5"/>', f"{x:.1f}", _at(point.value, top)
    )
    return format_html("{}{}{}", whisker, dot, name)
