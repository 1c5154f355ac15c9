"""Refusals from below the doors are said in the reader's language: each that a page can meet is known."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from django.utils import translation

from groundpass.doors.web.sentences import said, translated
from groundpass.kernel.core.errors import BadIdentifier, GroundpassError, Refused
from groundpass.kernel.core.ids import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "groundpass"
# What pages call. Left out: what only the command line calls (files of a country, imports, new feeds), faults
# of our own machinery (keys, seals, the brake's drafts), for whoever keeps the server, and sentences
# that are built of pieces (`enforcement/domain/checks.py`).
CALLED: Final = (
    "authority/accounts/queries.py",
    "authority/register/commands/approve.py",
    "authority/register/commands/decide.py",
    "authority/register/commands/submit.py",
    "authority/register/commands/turn.py",
    "authority/register/domain/desk.py",
    "authority/register/domain/lifecycle.py",
    "authority/register/domain/quota.py",
    "authority/register/domain/submission.py",
    "authority/register/queries/country.py",
    "authority/register/queries/lookup.py",
    "authority/register/queries/show.py",
    "authority/policy/commands/approve.py",
    "authority/policy/commands/import_territory.py",
    "authority/policy/commands/propose.py",
    "authority/policy/domain/form.py",
    "authority/policy/domain/overlap.py",
    "authority/policy/moments.py",
    "authority/policy/queries.py",
    "authority/publication/approvals.py",
    "authority/publication/brake/agreement.py",
    "authority/publication/commands/assess.py",
    "authority/publication/commands/build.py",
    "authority/publication/commands/publish.py",
    "authority/publication/domain/compiling.py",
    "authority/publication/queries.py",
    "authority/enforcement/commands/ingest.py",
    "kernel/core/intervals.py",
    "kernel/territory/border.py",
    "kernel/territory/buffers.py",
    "kernel/territory/drawn.py",
    "kernel/territory/faults.py",
    "kernel/territory/formats.py",
    "kernel/territory/geojson.py",
    "kernel/territory/geometry.py",
    "kernel/territory/geoparquet.py",
    "kernel/territory/wkb.py",
)
ERRORS: Final = {one.__name__ for one in (GroundpassError, *GroundpassError.__subclasses__())} | {
    "BadIdentifier", "BadGeometry", "NoRight", "SecondPerson", "BrakeEngaged", "Problem", "wrong", "fail",
    "fault",
}  # fmt: skip


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence that these modules refuse with, its variable parts filled with samples."""
    for name in CALLED:
        for node in ast.walk(ast.parse((SOURCE / name).read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called not in ERRORS:
                continue
            # `wrong`, `fail` and `Problem` take the name of a field first.
            said_parts = node.args[1:] if called in {"wrong", "fail", "Problem"} else node.args
            said_parts = [*said_parts, *(one.value for one in node.keywords if one.arg in {"why", "todo"})]
            for part in said_parts:
                for text in samples(part):
                    yield f"{name}:{node.lineno}", text


def samples(node: ast.expr) -> Iterator[str]:
    """What a string in the code may come out as; expressions that are no string in place give nothing."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else filled(one) for one in node.values]
        yield "".join(str(part) for part in parts)
    elif isinstance(node, ast.IfExp):
        yield from samples(node.body)
        yield from samples(node.orelse)


def filled(node: ast.expr) -> str:
    """A sample for a variable part."""
    assert isinstance(node, ast.FormattedValue)
    if node.conversion == ord("r"):
        return "'x'"
    source = ast.unparse(node.value)
    pieces = {
        "place": "",
        "SUFFIX": ".approval.json",
        "what": "applied the release",
        "held": "and now it is",
    }
    return pieces.get(source, "Wort")


@pytest.mark.parametrize(("place", "text"), list(sentences()))
def test_a_refusal_that_a_page_can_meet_has_a_ukrainian_sentence(place: str, text: str) -> None:
    with translation.override("uk"):
        known = translated(text.rstrip("."))
    assert known, f"{place} says {text!r}: add it to sentence_list.py, and its translation to the catalogue"
    assert known != text


MISTAKES: Final = (
    "ut01000000-0000000\N{CYRILLIC CAPITAL LETTER O}-00c326fa",
    "ut01000000-0000000o-00c326fa",
    "01000000-00000000-00v326fa",
    "KIT00142069",
    "ut01000000-00000000-00c326f",
    "",
    "hello",
    "ut010000000000000000c326fa",
    "ut01000000 00000000 00c326fa",
    "2DHT00542069",
    "ut01000000-00000000-00c326fg",
    "my dish is ut01000000-00000000-00c326fa I think",
    "ut0l0o0000-0000000\N{CYRILLIC CAPITAL LETTER O}-0oc326fa",
    "ACC-511274-31364-54",
    "x" * 300,
)


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistyped_number_is_explained_in_ukrainian(typed: str) -> None:
    with pytest.raises(BadIdentifier) as caught:
        normalise(typed)
    with translation.override("uk"):
        text = said(caught.value)
    assert 'lang="en"' not in text
    assert "likely" not in text
    assert caught.value.what not in text


def test_a_sentence_that_nobody_translated_is_marked_as_english() -> None:
    error = Refused("The moon is full", why="it is the <second> night")
    with translation.override("uk"):
        text = said(error)
    assert text == (
        '<span lang="en">The moon is full.</span> <span lang="en">It is the &lt;second&gt; night.</span>'
    )


def test_a_page_speaks_of_pages_where_the_command_line_speaks_of_commands() -> None:
    error = Refused("Release 3 is not assessed", todo="Run: groundpass release assess 3")
    with translation.override("en"):
        assert said(error) == "Release 3 is not assessed. Count its effect first."
