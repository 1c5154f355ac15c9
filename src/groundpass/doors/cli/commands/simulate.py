"""`groundpass simulate`: reports of an invented fleet, and the truth about it."""

from __future__ import annotations

import time
from importlib import resources
from pathlib import Path
from typing import Final

import click

from groundpass.doors.cli.options import Moment, json_option
from groundpass.doors.cli.output import give, progress

HOUR: Final = 3600.0
FILE = click.Path(dir_okay=False, path_type=Path)


def _mix(_ctx: click.Context, _param: click.Parameter, text: str) -> dict[str, float]:
    """`home=0.7,van=0.3` as shares."""
    try:
        return {
            name.strip(): float(share)
            for name, share in (part.split("=") for part in text.split(",") if part)
        }
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no mix; write for example home=0.7,wing=0.3") from error


@click.command()
@click.option(
    "-o", "--output", required=True, type=FILE, help="Where the reports go: .parquet, .csv or .arrow."
)
@click.option("--truth", type=FILE, help="Where the truth about them goes: .parquet, .csv or .arrow.")
@click.option("--terminals", type=click.IntRange(1), default=2_000, show_default=True, help="In the fleet.")
@click.option("--hours", type=click.FloatRange(0, min_open=True), default=6.0, show_default=True)
@click.option(
    "--interval",
    type=click.FloatRange(1),
    default=15.0,
    show_default=True,
    help="Seconds between two reports.",
)
@click.option(
    "--seed", type=int, default=20_260_205, show_default=True, help="Of everything that is invented."
)
@click.option(
    "--start", type=Moment(), default="2026-02-05T04:00:00Z", show_default=True, help="Of the window."
)
@click.option("--border", type=FILE, help="GeoJSON of the country; default: the demo's, or an invented one.")
@click.option("--towns", type=FILE, help="Where people live: TOML as the demo's, or CSV lat,lon,weight.")
@click.option("--front", type=FILE, help="GeoJSON of what the other side holds; default: beyond the border.")
@click.option(
    "--mix",
    default="",
    callback=_mix,
    metavar="NAME=SHARE,…",
    help="Shares of platforms instead of the usual ones.",
)
@click.option(
    "--event", "events", multiple=True, metavar="KIND@LAT,LON,…",
    help="Jamming or spoofing, as spoof@50.45,30.52,mode=airfield,after=90; repeat for more; none: none.",
)  # fmt: skip
@click.option("--in-step", is_flag=True, help="All terminals report at the same moments.")
@click.option("--clean", is_flag=True, help="No noise, no losses: what the reports say is the truth.")
@json_option
def command(
    *,
    output: Path,
    truth: Path | None,
    terminals: int,
    hours: float,
    interval: float,
    seed: int,
    start: int,
    border: Path | None,
    towns: Path | None,
    front: Path | None,
    mix: dict[str, float],
    events: tuple[str, ...],
    in_step: bool,
    clean: bool,
    as_json: bool,
) -> None:
    """Invent a fleet and write its position reports, and what is true of them.

    Homes, vans, ambulances, trains, boats, aircraft, drones that cross the front, loiter or hover, captured
    and cloned terminals; jamming and spoofing over cities. The same words give the same bytes. A file stands
    under its name only when it is whole.
    """
    from groundpass.operator.api import ScenePlan, find_country, make_scene, write_scene

    began = time.perf_counter()
    demo = Path(str(resources.files("groundpass.doors.demo")))
    country = find_country(
        border, towns, front, built=demo / "built" / "ukraine.geojson", known=demo / "data" / "towns.toml"
    )
    plan = ScenePlan(
        country.polygon, country.towns, country.front, terminals=terminals, seed=seed, start=start,
        seconds=hours * HOUR, interval=interval, in_step=in_step, clean=clean,
        mix=mix,
    ).with_events(events)  # fmt: skip
    with progress("Simulating") as tell:
        written = write_scene(make_scene(plan), output, truth, progress=tell)
    seconds = time.perf_counter() - began
    counts = plan.counts()
    facts: dict[str, object] = {
        "output": str(output), "truth": None if truth is None else str(truth), "country": country.told,
        "events": len(plan.events), "terminals": plan.terminals,
    }  # fmt: skip
    facts |= {"platforms": counts} if as_json else {f"  {name}": count for name, count in counts.items()}
    facts |= {"rows": written.rows, "bytes": written.bytes, "seconds": round(seconds, 2)}
    give(facts | {"rows_a_second": round(written.rows / seconds)}, as_json=as_json)
