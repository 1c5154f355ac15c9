"""The brake as a gauge: how many would lose service, and from where on people and keys have to agree.

Three fields of equal width, whatever the numbers: nobody, two people, offline keys. The needle stands in
its field in proportion; beyond five times the last bound it stays at the end. The numbers are written under
it, so nothing hangs on seeing the drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

FIELD: Final = 200  # pixels
LEFT: Final = 10
HIGH: Final = 34
FARTHEST: Final = 5  # times the last bound


def gauge(losing: int, people: int, keys: int, label: str) -> SafeString:
    """Draw the needle at `losing` over the bounds `people` and `keys`; a screen reader says `label`."""
    fields = format_html_join(
        "",
        '<rect class="{}" x="{}" y="14" width="{}" height="{}"/>',
        (
            (f"gp-brake__{name}", LEFT + index * FIELD, FIELD, HIGH)
            for index, name in enumerate(("none", "two", "offline"))
        ),
    )
    edges = format_html_join(
        "",
        '<line class="gp-brake__edge" x1="{0}" x2="{0}" y1="14" y2="56"/>'
        '<text x="{0}" y="72" text-anchor="middle">{1}</text>',
        ((LEFT + index * FIELD, _number(bound)) for index, bound in ((0, 0), (1, people), (2, keys))),
    )
    x = LEFT + needle(losing, people, keys)
    return format_html(
        '<svg class="gp-brake" viewBox="0 0 620 80" role="img" aria-label="{}">{}{}'
        '<path class="gp-brake__needle" d="M{} 48l-7 -44h14z"/></svg>',
        label,
        fields,
        edges,
        f"{x:.1f}",
    )


def needle(losing: int, people: int, keys: int) -> float:
    """Give the place of the needle in pixels from the left edge of the first field."""
    if losing <= people:
        return FIELD * losing / max(people, 1)
    if losing <= keys:
        return FIELD + FIELD * (losing - people) / max(keys - people, 1)
    beyond = (losing - keys) / max((FARTHEST - 1) * keys, 1)
    return 2 * FIELD + FIELD * min(beyond, 1.0)


def _number(value: int) -> str:
    return number_format(value, decimal_pos=0, force_grouping=True)
