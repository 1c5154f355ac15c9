"""`groundpass operator explain`: one verdict, step by step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from groundpass.doors.cli.commands.operator import store_option
from groundpass.doors.cli.options import Cell, Instant, json_option, now_option
from groundpass.doors.cli.output import print_json
from groundpass.kernel.core.intervals import NS

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--terminal", required=True, metavar="ID", help="The terminal's identifier.")
@click.option("--time", "time_ns", required=True, type=Instant(), help="The time of the report, ISO 8601.")
@click.option("--lat", type=float, default=math.nan, help="Latitude, degrees WGS84.")
@click.option("--lon", type=float, default=math.nan, help="Longitude, degrees WGS84.")
@click.option(
    "--uncertainty", type=click.FloatRange(0), default=math.nan, help="Radius of the uncertainty, metres."
)
@click.option("--h3", "cell", type=Cell(), default=0, help="An H3 cell instead of a point.")
@click.option("--country", metavar="XX", default="", help="The country code where there is no position.")
@click.option("--language", type=click.Choice(["en", "uk"]), default="en", show_default=True)
@store_option
@now_option
@json_option
def command(
    *,
    terminal: str,
    time_ns: int,
    lat: float,
    lon: float,
    uncertainty: float,
    cell: int,
    country: str,
    language: str,
    store: Path,
    now: int,
    as_json: bool,
) -> None:
    """Explain the verdict on one report: every step of the decision, and why it ended where it did."""
    from groundpass.operator.api import explain_one

    told = explain_one(
        store,
        terminal,
        now_ns=now * NS,
        time_ns=time_ns,
        lat=lat,
        lon=lon,
        uncertainty_m=uncertainty,
        cell=cell,
        country=country,
    )
    if as_json:
        print_json(told.as_json())
    else:
        click.echo(told.text(language))
