"""`groundpass operator decide`: a verdict for each position report of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import json_option, map_option, now_option
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
@now_option
@json_option
def command(
    *, reports: Path, output: Path, store: Path, mapping: dict[str, str], now: int, as_json: bool
) -> None:
    """Decide the position reports in REPORTS (CSV, Parquet or Arrow, by the ending of its name).

    Columns: terminal, time, and lat and lon (uncertainty_m) or h3; speed_mps and country where there are.
    Every row gets a verdict, in the order of the file; a row that does not read gets one too, and is counted.
    """
    from groundpass.operator.api import decide_file

    with progress("Deciding") as tell:
        summary = decide_file(reports, output, store=store, now_ns=now * NS, mapping=mapping, progress=tell)
    if as_json:
        print_json({**summary.to_dict(), "output": str(output)})
    else:
        show(summary)
        click.echo(f"Verdicts: {output}")


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
