"""`groundpass operator findings`: who was too fast, spoofed or cloned, and what that rests on."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli.options import DRAWING, json_option, map_option
from groundpass.doors.cli.output import print_json, print_table


@click.command()
@click.argument("reports", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--cap", type=click.FloatRange(0, min_open=True), default=90.0, show_default=True, help="km/h.")
@click.option(
    "--sustained", type=click.IntRange(0), default=120, show_default=True, help="Seconds above the cap."
)
@click.option(
    "--release", type=click.IntRange(0), default=60, show_default=True, help="Slower seconds that end it."
)
@click.option("--terminal", metavar="ID", help="Explain the findings about this one, sentence by sentence.")
@click.option("--language", type=click.Choice(["en", "uk"]), default="en", show_default=True)
@map_option
@json_option
def command(
    *,
    reports: Path,
    cap: float,
    sustained: int,
    release: int,
    terminal: str | None,
    language: str,
    maps: dict[str, str],
    as_json: bool,
) -> None:
    """List the findings about movement in REPORTS (CSV, Parquet or Arrow, by the ending of its name).

    Each is a stretch of one terminal's reports: too fast for the cap, suspected of being spoofed, or of being
    two terminals. It says which legs and speeds it rests on, and why it is nothing else; a person decides.
    """
    from groundpass.kernel.core.intervals import Interval
    from groundpass.kernel.core.state import Rule
    from groundpass.kernel.core.verdicts import Action
    from groundpass.operator.api import find_in_file

    if DRAWING in maps:
        raise click.UsageError("--map FILE.html is for `operator decide`; here it names columns")
    rule = Rule("", "", Action.ALLOW, Interval(), cap, sustained, release)
    found = find_in_file(reports, rule, mapping=maps)
    if terminal is not None:
        found = [finding for finding in found if finding.terminal == terminal]
    if as_json:
        print_json({"findings": [finding.as_json() for finding in found]})
        return
    rows = [
        (item.terminal, item.kind, item.start, item.end, max((leg.kmh for leg in item.legs), default=""))
        for item in found
    ]
    print_table("Findings", ["terminal", "finding", "from", "until", "fastest leg, km/h"], rows)
    for finding in found if terminal is not None else []:
        click.echo("")
        click.echo(f"{finding.kind}, {finding.start}/{finding.end}")
        click.echo("\n".join(finding.says[language]))
        legs = [(leg.start, leg.end, f"{leg.lat:.6f}", f"{leg.lon:.6f}", leg.kmh) for leg in finding.legs]
        if legs:
            print_table("Legs", ["from", "to", "latitude", "longitude", "km/h"], legs, numbers=["km/h"])
