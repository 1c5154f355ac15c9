"""What a person or a program reads: tables, one JSON object with `--json`, progress on a terminal."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Protocol

import click

from groundpass.kernel.core.intervals import show_time, to_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console

HASH = re.compile(r"[0-9a-f]{64}")
SHOWN = 12  # digits of a hash in a table
WIDE = 160  # columns of a table that goes into a pipe: nothing there wraps for want of a screen


class Progress(Protocol):
    """Told how far a long act has come; `total` is None where nobody knows it."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say it."""


def print_json(data: object) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=_text))


@cache
def console(*, stderr: bool = False) -> Console:
    """Rich's console; wide in a pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else WIDE, highlight=False)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()
) -> None:
    """A table on standard output; columns named in `numbers` stand at the right."""
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left")
    for row in rows:
        table.add_row(*(_short(_cell(value)) for value in row))
    console().print(table)


def print_facts(facts: Mapping[str, object]) -> None:
    """Names and values, one a line."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {_cell(value)}")


def _short(text: str) -> str:
    """A hash cut to what the eye compares; `--json` has it whole."""
    return f"{text[:SHOWN]}…" if HASH.fullmatch(text) else text


def _text(value: object) -> str:
    """What JSON has no form for: times as ISO 8601 UTC, the rest as it prints."""
    return show_time(to_seconds(value)) if isinstance(value, dt.datetime) else str(value)


def _cell(value: object) -> str:
    """A value as people read it: thousands apart, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return _text(value)


def give(facts: Mapping[str, object], *, as_json: bool) -> None:
    """Data about one thing, for a program or for a person."""
    if as_json:
        print_json(facts)
    else:
        print_facts(facts)


def give_rows(name: str, rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Data about many things of one kind: `{name: [...]}` for a program, a table for a person."""
    if as_json:
        print_json({name: rows})
    elif rows:
        numbers = [column for column, value in rows[0].items() if isinstance(value, int | float)]
        print_table(
            name.replace("_", " ").capitalize(),
            list(rows[0]),
            [list(row.values()) for row in rows],
            numbers=numbers,
        )
    else:
        click.echo(f"There are no {name.replace('_', ' ')}.")


@contextlib.contextmanager
def progress(label: str, unit: str = "rows") -> Iterator[Progress]:
    """A bar on standard error while the block runs; silence where that is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total=None: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    with Bars(*bar, TimeElapsedColumn(), console=console(stderr=True), transient=True) as bars:
        task = bars.add_task(label, total=None)

        def tell(done: int, total: int | None = None) -> None:
            bars.update(task, completed=done, total=total)

        yield tell
