"""The one table of a run: every figure beside its peers and bounds, then every target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from measuring import Book, Measure, Ratio
    from rich.console import Console
    from targets import Reached

SCALES = {
    "rows/s": ((1e6, 1e-6, ".1f", " M/s"), (0, 1e-3, ".1f", " k/s")),
    "s": ((1, 1, ".2f", " s"), (1e-3, 1e3, ".1f", " ms"), (0, 1e6, ".1f", " µs")),
    "%": ((0.02, 100, ".0f", " %"), (0, 100, ".2f", " %")),
    "bytes": ((1e6, 1e-6, ".2f", " MB"), (1e4, 1e-3, ".1f", " kB"), (0, 1, ".2f", " B")),
    "bits": ((0, 1, ".2f", " bit"),),
    "rows": ((0, 1, ",.0f", ""),),
    "x": ((100, 1, ",.0f", " x"), (10, 1, ".1f", " x"), (2, 1, ".2f", " x"), (0, 1, ".3f", " x")),
}


def amount(value: float, unit: str) -> str:
    """A figure as people read it."""
    for least, factor, digits, suffix in SCALES[unit]:
        if value >= least:
            return f"{value * factor:{digits}}{suffix}"
    return f"{value:g}"


def show(console: Console, book: Book, reached: list[Reached]) -> None:
    """Print it."""
    title = "Medians, from the least to the greatest run; ours against that line, round by round"
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for name in ("median", "range", "rows a run", "ours is"):
        table.add_column(name, justify="right", no_wrap=True)
    beside = {ratio.beside: ratio for ratio in book.ratios.values() if ratio.beside}
    for part in dict.fromkeys(measure.part for measure in book.measures.values()):
        table.add_section()
        table.add_row(Text(part, "bold"))
        for measure in book.measures.values():
            if measure.part == part:
                table.add_row(*_figure(measure, beside.get(measure.key)))
        for ratio in book.ratios.values():
            if ratio.part == part and not ratio.beside:
                table.add_row(f"  → {ratio.what}", amount(ratio.value, ratio.unit), _range(ratio))
    console.print(table)
    console.print(_targets(reached))


def _figure(measure: Measure, ratio: Ratio | None) -> tuple[Text | str, ...]:
    """One figure, or why there is none."""
    if measure.absent or measure.value is None:
        return (Text.assemble(f"  {measure.what}: absent, ", (measure.absent, "dim")),)
    spread = _range(measure) if measure.runs > 1 else ""
    rows = f"{measure.rows:,}" if measure.rows else ""
    against = amount(ratio.value, ratio.unit) if ratio else ""
    return f"  {measure.what}", amount(measure.value, measure.unit), spread, rows, against


def _range(one: Measure | Ratio) -> str:
    """From the least to the greatest."""
    if one.low is None or one.high is None or one.low == one.high:
        return ""
    return f"{amount(one.low, one.unit)} … {amount(one.high, one.unit)}"


def _targets(reached: list[Reached]) -> Table:
    """Every target: what to hold, what to aim at, what was reached."""
    table = Table(title="To reach", title_justify="left")
    table.add_column("target")
    for name in ("hold", "aim", "reached"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("", "the worst of"):
        table.add_column(name)
    for one in reached:
        value = "" if one.reached is None else amount(one.reached, one.unit)
        lines = (amount(one.hold, one.unit), amount(one.aim, one.unit), value)
        partly = f" (not measured: {', '.join(one.partly)})" if one.partly else ""
        where = Text(one.absent, "dim") if one.absent else one.where + partly
        table.add_row(one.title, *lines, _word(one), where)
    return table


def _word(one: Reached) -> Text:
    """Held or not."""
    if one.held is None:
        return Text("absent", "dim")
    if not one.held:
        return Text("NOT HELD", "bold red")
    return Text("held, aim reached" if one.aimed else "held", "green")
