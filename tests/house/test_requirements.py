"""docs/requirements.md: each requirement leads to a page, a command and a test that exist.

A row has an id, the requirement, where a person meets it (page, explanation), the command, and the tests.
That the tests pass is what the run of the tests itself says.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

import pytest
from django.urls import Resolver404, resolve

from house.prose import fault_of_call
from house.reading import ROOT

PAGE = ROOT / "docs" / "requirements.md"
NONE = "\u2013"  # an en dash


@dataclass(frozen=True)
class Row:
    id: str
    requirement: str
    page: str
    command: str
    tests: str

    def __str__(self) -> str:
        return self.id


def rows() -> list[Row]:
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"[A-Z]+-\d+", cells[0]):
            assert len(cells) == 5, line
            found.append(Row(*cells))
    return found


ROWS = rows()


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_there_are_requirements_and_each_has_an_id_of_its_own() -> None:
    ids = [row.id for row in ROWS]
    assert len(ids) > 30
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_its_tests_exist(row: Row) -> None:
    tests = code(row.tests)
    assert tests, f"{row.id} has no test"
    for test in tests:
        file, _, function = test.partition("::")
        path = ROOT / "tests" / file
        assert path.exists(), f"{row.id}: there is no {test}"
        if function:
            tree = ast.parse(path.read_text("utf-8"))
            defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert function in defined, f"{row.id}: {file} has no {function}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_its_command_exists(row: Row) -> None:
    for command in code(row.command):
        words = command.split()
        assert words[0] in {"groundpass", "make"}, command
        if words[0] == "groundpass":
            assert not fault_of_call(words[1:]), f"{row.id}: {command}: {fault_of_call(words[1:])}"
        else:
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), command


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_its_page_exists(row: Row) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", row.page):
        assert (PAGE.parent / link.partition("#")[0]).resolve().exists(), f"{row.id}: {link}"
    for address in code(row.page):
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(f"{row.id} names {address}, which is not served")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_person_meets_it_somewhere(row: Row) -> None:
    assert row.page != NONE or row.command != NONE, f"{row.id} has neither page nor command"
