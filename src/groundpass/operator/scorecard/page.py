"""The scorecard as a file: a page with drawing and table, the drawing alone, or a table for a program."""

from __future__ import annotations

import csv
import io
import json
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any, Final

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.trust.files import write_whole
from groundpass.operator.scorecard.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

COLUMNS: Final = (
    "platform", "terminals", "found", "recall", "wrongly cut", "detected in, s", "p90, s", "spoofed",
    "in vain", "cloned",
)  # fmt: skip

TO: Final = "\u2013"  # an en dash
PAGE: Final = Template("""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>$title</title>
<style>
body { font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; margin: 2rem auto; max-width: 76rem;
       padding: 0 1rem; color: #1a1a1a; background: #fff }
svg { max-width: 100%; height: auto }
table { border-collapse: collapse; font-size: 14px; width: 100% }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid #d0d4d8; white-space: nowrap }
th:first-child, td:first-child { text-align: left }
.scroll { overflow-x: auto }
</style>
<h1>$title</h1>
<p>$what</p>
$drawing
<div class="scroll" tabindex="0" role="region" aria-label="Figures">
<table>
<thead><tr>$head</tr></thead>
<tbody>
$body
</tbody>
</table>
</div>
<p>Shares are of terminals, with Wilson's 95 % intervals in brackets; the interval of a median is drawn.
<b>Found</b>: called too fast, of those whose true speed was at the cap or above for the sustained time while
they reported their own position. <b>Wrongly cut</b>: called too fast where their true speed was below nine
tenths of the cap. <b>Spoofed</b>, <b>cloned</b>: suspected, of those that were; <b>in vain</b>: suspected of
spoofing, and neither spoofed nor jammed. Exempt: registered under a class for which the rule has no cap;
watched, and not cut. The figures are simulated.</p>
</html>
""")


def check_ending(path: Path) -> None:
    """Raise BadInput for a file that no scorecard is written to."""
    if path.suffix.lower() not in WRITERS:
        raise BadInput(
            f"A scorecard is not written as {path.suffix!r}",
            todo=f"Name a file that ends in {', '.join(WRITERS)}",
        )


def save(card: Mapping[str, Any], path: Path) -> None:
    """Write a scorecard, as `Scorecard.to_dict` gives it, by the ending of the file's name.

    Raises:
        BadInput: another ending than those of WRITERS.
        CannotRun: the disk refuses.
    """
    check_ending(path)
    write_whole(path, WRITERS[path.suffix.lower()](card).encode())


def title_of(card: Mapping[str, Any]) -> str:
    """What it is a scorecard of."""
    return f"Movement: cap {card['cap_kmh']:g} km/h for {card['sustained_s']} s (simulated)"


def cells_of(row: Mapping[str, Any]) -> list[str]:
    """A row of `Tally.to_dict` in the words of COLUMNS."""
    return [
        f"{row['platform']}{' (exempt)' if row['exempt'] else ''}",
        f"{row['terminals']:,}",
        _of(row["found"], row["fast"]),
        _share(row["recall"], row["recall_interval"]),
        ""
        if row["exempt"]
        else f"{row['wrongly_cut']:,}: {_share(row['false_cut'], row['false_cut_interval'])}",
        _seconds(row["detected_in_s"], row["detected_in_interval_s"]),
        _seconds(row["detected_in_p90_s"], None),
        _of(row["suspected"], row["spoofed"]),
        f"{row['suspected_in_vain']:,}",
        _of(row["doubled"], row["cloned"]),
    ]


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if whole else ""


def _share(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None or interval is None:
        return ""
    return f"{value:.1%} [{100 * interval[0]:.1f}{TO}{100 * interval[1]:.1f}]"


def _seconds(value: float | None, interval: tuple[float, float] | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" + (f" [{interval[0]:.0f}{TO}{interval[1]:.0f}]" if interval else "")


def _svg(card: Mapping[str, Any]) -> str:
    """The drawing alone."""
    return draw(card["rows"], title_of(card))


def _html(card: Mapping[str, Any]) -> str:
    """The page."""
    rule = (
        f"{card['cap_kmh']:g} km/h or more for {card['sustained_s']} s, until {card['release_s']} s below it"
    )
    exempt = ", ".join(card["exempt"]) or "none"
    what = f"{card['reports']:,} reports. Too fast: {rule}. Classes without a cap: {exempt}."
    rows = ("".join(f"<td>{escape(cell)}</td>" for cell in cells_of(row)) for row in card["rows"])
    return PAGE.substitute(
        title=escape(title_of(card)),
        what=escape(what),
        drawing=draw(card["rows"], "By platform: each figure with its 95 % interval"),
        head="".join(f'<th scope="col">{escape(name)}</th>' for name in COLUMNS),
        body="\n".join(f"<tr>{row}</tr>" for row in rows),
    )


def _csv(card: Mapping[str, Any]) -> str:
    """All figures of all rows; an interval is two columns."""
    rows = [_flat(row) for row in card["rows"]]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else ["platform"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if "interval" in name:
            flat[f"{name}_low"], flat[f"{name}_high"] = value or (None, None)
        else:
            flat[name] = value
    return flat


WRITERS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    ".html": _html,
    ".svg": _svg,
    ".csv": _csv,
    ".json": lambda card: json.dumps(card, indent=1) + "\n",
}
