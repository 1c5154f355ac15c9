"""Time and the environment are arguments: only a door reads the clock, only config reads the environment.

`time.monotonic` and `time.perf_counter` measure how long something took and say nothing of the date: those
are free, except in the kernel, which measures nothing.
"""

from __future__ import annotations

import ast

from house.reading import Source, sources

CALENDAR = {
    "time.time", "time.time_ns", "time.gmtime", "time.localtime", "datetime.now", "datetime.utcnow",
    "datetime.today", "date.today", "timezone.now",
}  # fmt: skip
ENVIRONMENT = {"os.environ", "os.getenv"}
AUTOMATIC = {"auto_now", "auto_now_add"}

WINGS = [source for source in sources() if source.within("kernel", "operator", "authority")]


def dotted(node: ast.expr) -> str:
    """The last two names of an attribute: `dt.datetime.now` gives `datetime.now`."""
    return ".".join(ast.unparse(node).split(".")[-2:])


def used(source: Source, words: set[str]) -> list[str]:
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)]
    return [f"{source.at(node)}: {ast.unparse(node)}" for node in nodes if dotted(node) in words]


def test_only_doors_read_the_calendar() -> None:
    below = [source for source in WINGS if not source.is_migration]
    found = [place for source in below for place in used(source, CALENDAR)]
    assert not found, "\n".join(found)


def test_no_column_takes_its_own_time() -> None:
    found = [
        source.at(node.value)
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg in AUTOMATIC
    ]
    assert not found, "\n".join(found)


def test_neither_kernel_nor_wing_reads_the_environment() -> None:
    below = [source for source in WINGS if not source.is_migration]
    found = [place for source in below for place in used(source, ENVIRONMENT)]
    assert not found, "\n".join(found)
