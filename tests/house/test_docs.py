"""Documentation that cannot lie: what the pages name exists, and what exists is named."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import Resolver404, resolve

from house.prose import (
    anchors_of,
    code_in,
    commands_in,
    fault_of_call,
    first_existing,
    links_in,
    pages,
    text_of,
)
from house.reading import ROOT, name

if TYPE_CHECKING:
    from pathlib import Path

PAGES = pages()
# Variables that the tests and the tools read, and that nobody sets for a register.
OF_THE_TOOLS = {"GROUNDPASS_REQUIRE_ALL", "GROUNDPASS_SCREENSHOTS", "GROUNDPASS_NO_UV"}
# A form to copy, and the fragments that a release gathers.
UNLINKED = re.compile(r"template\.md|.*\.(feature|bugfix|doc|removal|misc)\.md")
FOLDERS = ("src/", "tests/", "tools/", "docs/", "requirements/", "frontend/", "changes/", ".ci/")


def test_the_reference_says_what_the_program_is() -> None:
    """Every command, setting, start-up check, reason, flag, scheme and endpoint, as the program has them."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "reference.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links_in(page):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        assert target.exists(), f"{name(page)} links to {link}"
        if parts.fragment and target.suffix == ".md":
            assert parts.fragment in anchors_of(target), f"{name(page)} links to {link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    wrong = [
        f"groundpass {' '.join(call)}: {fault}"
        for call in commands_in(page)
        if (fault := fault_of_call(call))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_settings_that_a_page_names_exist(page: Path) -> None:
    from groundpass.config.variables import VARIABLES

    named = set(re.findall(r"\bGROUNDPASS_[A-Z_]+\b", text_of(page)))
    assert named <= set(VARIABLES) | OF_THE_TOOLS


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_targets_of_make_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {match[1] for piece in code_in(page) if (match := re.match(r"make ([a-z]+)\b", piece))}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    paths = {
        piece for piece in code_in(page) if piece.startswith(FOLDERS) and re.fullmatch(r"[\w./-]+", piece)
    }
    missing = [path for path in paths if not first_existing(path)]
    assert not missing, missing


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_addresses_that_a_page_names_are_served(page: Path) -> None:
    for piece in code_in(page):
        if re.fullmatch(r"/[a-z0-9][a-z0-9/._-]*", piece):
            try:
                resolve(piece)
            except Resolver404:
                pytest.fail(f"{name(page)} names {piece}, which is not served")


def test_every_part_of_the_documentation_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        paths = [urlsplit(link).path for link in links_in(page) if not urlsplit(link).scheme]
        ahead += [(page.parent / path).resolve() for path in paths if path]
    lost = [name(page) for page in PAGES if page not in seen and not UNLINKED.fullmatch(page.name)]
    assert not lost, lost
