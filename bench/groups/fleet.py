"""The simulator: rows of an invented fleet a second; and what is not there yet to be measured."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import fields
import ours
from measuring import timed

if TYPE_CHECKING:
    from measuring import Book
    from settings import Setting

EACH = 100.0  # reports of a terminal
START = fields.NOW - fields.DAY


def measure(book: Book, setting: Setting) -> None:
    """A day of a fleet."""
    book.part = "The simulator"
    terminals = setting.plan.texts // int(EACH)
    rows = ours.simulate(setting.many.shapes[0], terminals, EACH, START)
    act = timed(partial(ours.simulate, setting.many.shapes[0], terminals, EACH, START))
    rates = [rows / act() for _ in range(setting.plan.runs)]
    book.figure("simulate", f"a day of {terminals:,} terminals", rates, "rows/s", rows=rows)


def measure_serving(book: Book, setting: Setting) -> None:
    """The edge server, once there is one: single verdicts over HTTP, Arrow and JSON batches."""
    book.part = "Over HTTP"
    del setting  # there is nothing to measure yet
    reason = "this build has no edge server"
    book.absent("http", "single verdicts, and batches in Arrow and JSON", reason, "http", "http-arrow")
