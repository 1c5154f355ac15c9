"""Options that several verbs share, and how their words are read."""

from __future__ import annotations

import datetime as dt
import time

import click

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import NS, parse_time, to_seconds

PAGE = ".html"
DRAWING = ""  # in a mapping of columns: the file to draw a map into
HEX_DIGITS = 16  # of an H3 cell written in hexadecimal; a decimal one has more digits


class Moment(click.ParamType[int]):
    """A time in ISO 8601; without an offset it is UTC. Gives UTC seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail as a usage error."""
        if isinstance(value, int):
            return value
        try:
            return parse_time(str(value))
        except BadInput as error:
            self.fail(error.sentence(), param, ctx)


class Instant(click.ParamType[int]):
    """A time in ISO 8601 with a fraction of a second or without; gives UTC nanoseconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail as a usage error."""
        if isinstance(value, int):
            return value
        try:
            moment = dt.datetime.fromisoformat(str(value).strip())
        except ValueError as error:
            self.fail(f"{value!r} is not a time ({error}); write 2026-02-05T03:00:00Z", param, ctx)
        return to_seconds(moment) * NS + moment.microsecond * 1000


class Cell(click.ParamType[int]):
    """An H3 cell, as 15 or 16 hexadecimal digits or as a decimal number."""

    name = "cell"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it, or fail as a usage error."""
        text = str(value).strip()
        try:
            return int(text, 16) if len(text) <= HEX_DIGITS else int(text)
        except ValueError:
            self.fail(f"{text!r} is not an H3 cell; write for example 851e63affffffff", param, ctx)


class Pair(click.ParamType[tuple[str, str]]):
    """`OURS=THEIRS`, one column of ours and the name that a file gives it."""

    name = "ours=theirs"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split it, or fail as a usage error."""
        ours, equals, theirs = str(value).partition("=")
        if not (ours.strip() and equals and theirs.strip()):
            self.fail(f"{value!r} is not a pair; write for example terminal=id", param, ctx)
        return ours.strip(), theirs.strip()


class PairOrPage(Pair):
    """The same, or the name of an HTML file to draw a map into."""

    name = "ours=theirs|file.html"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split a pair; a file is a pair without a first half."""
        if str(value).lower().endswith(PAGE) and "=" not in str(value):
            return DRAWING, str(value)
        return super().convert(value, param, ctx)


def _clock(_ctx: click.Context, _param: click.Parameter, value: int | None) -> int:
    """The wall clock where no time was given: a door is where clocks are read."""
    return int(time.time()) if value is None else value


def _mapping(
    _ctx: click.Context, _param: click.Parameter, pairs: tuple[tuple[str, str], ...]
) -> dict[str, str]:
    """Pairs as a mapping; a column named twice is a usage error."""
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise click.BadParameter("a column or a map is named twice")
    return mapping


json_option = click.option("--json", "as_json", is_flag=True, help="Print data as one JSON object.")
as_option = click.option(
    "--as",
    "username",
    metavar="USER",
    envvar="GROUNDPASS_USER",
    help="The acting person (or GROUNDPASS_USER).",
)
now_option = click.option(
    "--now", type=Moment(), callback=_clock, help="Act as of this time, ISO 8601 UTC; default: the clock."
)
map_option = click.option(
    "--map",
    "maps",
    type=PairOrPage(),
    multiple=True,
    callback=_mapping,
    help="Our column and the name that the file has for it, as terminal=id; or FILE.html: draw a map.",
)
