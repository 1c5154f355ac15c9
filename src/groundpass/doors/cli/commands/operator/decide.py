"""`groundpass operator decide`: a verdict for each position report of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import DRAWING, json_option, map_option, now_option
from groundpass.doors.cli.output import print_facts, print_json, print_table, progress
from groundpass.kernel.core.intervals import NS

if TYPE_CHECKING:
    from groundpass.operator.api import Summary


@click.command()
@click.argument("reports", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the verdicts go: .csv, .parquet or .arrow.",
)
@store_option
@map_option
@click.option(
    "--tracks",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Carry the terminals' movement on from this file, and write it there again.",
)
@click.option("--no-tracks", is_flag=True, help="Do not look at movement: nobody is too fast.")
@now_option
@json_option
def command(
    *,
    reports: Path,
    output: Path,
    store: Path,
    maps: dict[str, str],
    tracks: Path | None,
    no_tracks: bool,
    now: int,
    as_json: bool,
) -> None:
    """Decide the position reports in REPORTS (CSV, Parquet or Arrow, by the ending of its name).

    Columns: terminal, time, and lat and lon (uncertainty_m) or h3; speed_mps and country where there are.
    Every row gets a verdict, in the order of the file; a row that does not read gets one too, and is counted.
    Movement is that of the reports in the file, best in the order of their times; with --tracks it goes on
    from file to file.
    """
    from groundpass.kernel.engine.movement import Movement
    from groundpass.operator.api import decide_file, load_tracks, save_tracks

    if tracks and no_tracks:
        raise click.UsageError("--tracks and --no-tracks exclude each other")
    movement = None if no_tracks else load_tracks(tracks) if tracks else Movement()
    drawing = Path(maps.pop(DRAWING)) if DRAWING in maps else None
    how: dict[str, Any] = {"store": store, "now_ns": now * NS, "mapping": maps, "tracks": movement}
    with progress("Deciding") as tell:
        summary = decide_file(reports, output, drawing=drawing, progress=tell, **how)
    if tracks and movement is not None:
        save_tracks(tracks, movement)
    if as_json:
        print_json({**summary.to_dict(), "output": str(output), "map": str(drawing) if drawing else None})
    else:
        show(summary)
        click.echo(f"Verdicts: {output}")
        if drawing:
            click.echo(f"Map: {drawing}")


def show(summary: Summary) -> None:
    """Verdicts, reasons, flags and the rate as a person reads them."""
    for title, counts in (
        ("verdict", summary.by_verdict),
        ("reason", summary.by_reason),
        ("flag", summary.flags),
    ):
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        rows = [(name, count, f"{count / max(summary.rows, 1):.2%}") for name, count in ranked]
        if rows:
            print_table(f"By {title}", [title, "reports", "share"], rows, numbers=["reports", "share"])
    facts: dict[str, object] = {"reports": summary.rows, "release": summary.release}
    if summary.unrecognised:
        facts["ids_that_do_not_read"] = summary.unrecognised
    facts |= {f"rows: {kind}": count for kind, count in summary.bad_rows.items()}
    facts["seconds"] = f"{summary.seconds:.2f}"
    facts["reports_a_second"] = round(summary.rows_per_second)
    print_facts(facts)
