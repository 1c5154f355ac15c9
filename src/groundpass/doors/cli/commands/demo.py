"""`groundpass demo`: the whole road in a register of its own."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import json_option
from groundpass.doors.cli.output import print_json, print_table
from groundpass.doors.cli.place import home
from groundpass.doors.cli.telling import Terminal
from groundpass.doors.demo.clock import StoryClock
from groundpass.doors.demo.home import claim, give_back
from groundpass.doors.demo.serving import check_free, serve
from groundpass.doors.demo.stage import FEWEST, Stage
from groundpass.doors.demo.telling import Silent, Teller
from groundpass.kernel.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEADLINES = (
    "registered", "release", "decided", "seconds_to_enforce", "leak_rate", "false_cut_rate", "feed", "store",
)  # fmt: skip


@click.command()
@click.option(
    "--terminals", type=click.IntRange(FEWEST), default=20_000, show_default=True, help="In the fleet."
)
@click.option(
    "--seed", type=int, default=20_260_205, show_default=True, help="Of everything that is invented."
)
@click.option("--no-serve", is_flag=True, help="End after the story, do not serve the pages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@json_option
def command(*, terminals: int, seed: int, no_serve: bool, host: str, port: int, as_json: bool) -> None:
    """Tell the whole story with invented people: from a form at a counter to a measured effect.

    It makes a register of its own under GROUNDPASS_HOME, takes about 20 seconds, and then serves the pages
    with sign-ins for each role. A demo that is there already is moved aside; a real register is refused.
    """
    if not no_serve:
        check_free(host, port)
    figures = _tell(Stage(home(), StoryClock(int(time.time())), terminals, seed), as_json=as_json)
    if as_json:
        print_json(figures)
    else:
        _print_figures(figures)
    if not no_serve:
        click.echo(f"\nThe pages: http://{host}:{port}/ (stop with Ctrl-C)", err=as_json)
        serve(host, port)


def _tell(stage: Stage, *, as_json: bool) -> dict[str, object]:
    """Make an empty register where none is a real one's, and tell the story in it."""
    claim(stage.home, now=stage.clock.now)
    os.environ["GROUNDPASS_HOME"] = str(stage.home)
    authority.start()
    applied, _ = authority.migrations()
    if applied:
        give_back(stage.home)
        raise Refused(
            "The database of DATABASE_URL holds a register already",
            why="the demo invents people and would mix them with real ones",
            todo="Unset DATABASE_URL, or name a new, empty database",
        )
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from groundpass.doors.demo.story import tell

    teller: Teller = Silent() if as_json else Terminal()
    return tell(stage, teller)


def _print_figures(figures: Mapping[str, object]) -> None:
    """What the story came to, and who may sign in."""
    click.echo()
    for name in (
        "registered",
        "release",
        "decided",
        "seconds_to_enforce",
        "leak_rate",
        "false_cut_rate",
        "feed",
    ):
        click.echo(f"{name.replace('_', ' '):<20}{figures[name]}")
    people: Sequence[Mapping[str, object]] = figures["sign_ins"]  # type: ignore[assignment]  # cast.sign_ins made it
    print_table("Sign in as", ["role", "user", "password", "page"], [list(row.values()) for row in people])
