"""The repository's prose as its tests read it: pages, links, and what is written as code."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import click

from house.reading import ROOT, committed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every page of prose that is committed."""
    return [path for path in committed() if path.suffix == ".md"]


@cache
def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def code_in(page: Path) -> Iterator[str]:
    """Each piece that is written as code: inline spans, and the lines of fenced blocks."""
    text = text_of(page)
    for block in FENCE.findall(text):
        yield from block.splitlines()[1:-1]
    yield from SPAN.findall(FENCE.sub("", text))


def links_in(page: Path) -> list[str]:
    return LINK.findall(SPAN.sub("", FENCE.sub("", text_of(page))))


def anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands_in(page: Path) -> Iterator[list[str]]:
    """The words behind `groundpass`, wherever a page writes a call of it as code."""
    for piece in code_in(page):
        for call in re.findall(r"(?:^|[\s(/;&|])groundpass((?:\s+[^\s|;&`]+)+)", piece):
            yield call.split()


def options_of(command: click.Command) -> set[str]:
    parameters = command.get_params(click.Context(command))
    return {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}


def fault_of_call(words: list[str]) -> str:
    """Say what is wrong with a call of the command line as a page writes it, or ""."""
    from groundpass.doors.cli.main import cli

    command: click.Command = cli
    context = click.Context(command)
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            if not re.fullmatch(r"[a-z][a-z-]*", word):
                break  # NOUN, VERB, …: what a page writes for any command at all
            inner = command.get_command(context, word)
            if inner is None:
                return f"no command {word!r}"
            command = inner
        elif word.startswith("-") and word.partition("=")[0] not in options_of(command):
            return f"no option {word}"
    return ""


def first_existing(path: str) -> bool:
    """Whether a path of the repository, as a page writes it, exists."""
    return (ROOT / path.rstrip("/")).exists()
