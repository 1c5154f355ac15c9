"""`groundpass scorecard`: what the tracks find in reports, held against what is true of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from groundpass.doors.cli.options import DRAWING, json_option, map_option
from groundpass.doors.cli.output import print_facts, print_json, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groundpass.operator.api import Recorded, Scorecard

FILE = click.Path(dir_okay=False, path_type=Path)
LEGEND = """\
found: of those who were surely above the cap for that long. wrongly cut: of all. spoofed, cloned: suspected,
of those who were; in vain: suspected of spoofing, and neither spoofed nor jammed. [95 % intervals]"""
USAGE_CLASSES = ("fixed", "portable", "vehicle", "rail", "vessel", "aircraft")


def _classes(_ctx: click.Context, _param: click.Parameter, text: str) -> tuple[str, ...]:
    """`rail,vessel` as usage classes."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in USAGE_CLASSES]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is no usage class; there are {', '.join(USAGE_CLASSES)}")
    return names


@click.command()
@click.argument("reports", required=False, type=FILE)
@click.option("--truth", type=FILE, help="What `simulate --truth` wrote.")
@click.option("--cap", type=click.FloatRange(0, min_open=True), default=90.0, show_default=True, help="km/h.")
@click.option(
    "--sustained",
    type=click.IntRange(0),
    default=120,
    show_default=True,
    help="Seconds that make it too fast.",
)
@click.option(
    "--release",
    type=click.IntRange(0),
    default=60,
    show_default=True,
    help="Seconds below the cap that end it.",
)
@click.option(
    "--exempt", callback=_classes, default="", metavar="CLASS,…",
    help="Usage classes for which the rule has no cap, as rail,vessel,aircraft.",
)  # fmt: skip
@click.option("-o", "--output", type=FILE, help="Where a page or table goes: .html, .svg, .csv or .json.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the intervals that are drawn.")
@click.option(
    "--tracks", type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Instead of REPORTS: a folder of recorded tracks, CSV files with id, time, lat, lon.",
)  # fmt: skip
@click.option(
    "--ground-truth", type=FILE, help="With --tracks: CSV with file and columns like rule_90kmh_120s."
)
@map_option
@json_option
def command(
    *,
    reports: Path | None,
    truth: Path | None,
    cap: float,
    sustained: int,
    release: int,
    exempt: tuple[str, ...],
    output: Path | None,
    seed: int,
    tracks: Path | None,
    ground_truth: Path | None,
    maps: dict[str, str],
    as_json: bool,
) -> None:
    """Say how well the tracks find who is too fast in REPORTS, and whom they would cut off wrongly.

    By platform: who was found, who was wrongly cut, how long it took; spoofing and clones. The truth comes
    from the simulator, never from the tracks. With --tracks the same of recorded tracks that others have
    judged.
    """
    if DRAWING in maps:
        raise click.UsageError("--map FILE.html is for `operator decide`; here it names columns")
    if tracks is not None and ground_truth is not None and reports is None and truth is None:
        if output is not None:
            raise click.UsageError("Recorded tracks have no page: leave out -o, or take --json")
        _recorded(tracks, ground_truth, release, as_json=as_json)
        return
    if reports is None or truth is None or tracks is not None or ground_truth is not None:
        raise click.UsageError("Give REPORTS and --truth, or --tracks and --ground-truth")
    from groundpass.operator.api import Cap, Scorecard, Terms, score

    if output is not None:
        Scorecard.check(output)
    terms = Terms(Cap(cap, sustained, release), exempt, seed)
    with progress("Following") as tell:
        card = score(reports, truth, terms, mapping=maps, progress=tell)
    if output is not None:
        card.save(output)
    if as_json:
        print_json(card.to_dict() | {"output": None if output is None else str(output)})
    else:
        _show(card)
        if output is not None:
            click.echo(f"Scorecard: {output}")


def _show(card: Scorecard) -> None:
    """The card as a person reads it."""
    columns, rows = card.table()
    cap = card.terms.cap
    title = f"Cap {cap.kmh:g} km/h for {cap.sustained} s, released after {cap.release} s (simulated)"
    print_table(title, columns, rows, numbers=columns[1:])
    click.echo(LEGEND)
    facts: dict[str, object] = {"reports": card.reports}
    if card.strangers:
        facts["terminals_without_truth"] = card.strangers
    print_facts(facts)


def _recorded(folder: Path, table: Path, release: int, *, as_json: bool) -> None:
    """The card of recorded tracks."""
    from groundpass.operator.api import score_recorded

    with progress("Following", "tracks") as tell:
        card = score_recorded(folder, table, release=release, progress=tell)
    if as_json:
        print_json(card.to_dict())
    else:
        _show_recorded(card)


def _show_recorded(card: Recorded) -> None:
    """The card of recorded tracks as a person reads it."""
    columns = ("rule", "kind", "FLAG found", "missed", "NO called fast", "clear", "left out")
    rows = [_row(row) for row in (*card.rows(), *card.totals())]
    print_table("Recorded tracks", columns, rows, numbers=columns[2:])
    for wrong in card.wrong:
        click.echo(
            f"{wrong['wrong']}: {wrong['file']} at {wrong['cap_kmh']:g} km/h for {wrong['sustained_s']} s"
        )


def _row(row: Mapping[str, Any]) -> list[object]:
    """A row of `Recorded`."""
    rule = f"{row['cap_kmh']:g} km/h, {row['sustained_s']} s"
    return [rule, row["kind"], *(row[name] for name in ("found", "missed", "false", "clear", "left_out"))]
