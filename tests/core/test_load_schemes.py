"""Another operator's ids are a file, not code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from groundpass.kernel.core.errors import BadIdentifier, BadInput
from groundpass.kernel.core.ids import block, load_schemes, normalise, parse_column, schemes, show

if TYPE_CHECKING:
    from pathlib import Path

ACME = """
[acme]
number = 40
operator = "acme"
title = { en = "Acme id", uk = "номер Acme" }
normaliser = ["strip", "upper", "drop:AC:"]
pattern = '[0-9A-F]{4}-[0-9A-F]{4}'
alphabet = '0-9A-F-'
pack = "hex"
prefix = "AC:"
example = "AC:00FF-12AB"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.toml"
    path.write_text(ACME, "utf-8")
    return path


def test_an_operators_own_scheme_reads_packs_and_shows(file: Path) -> None:
    acme = load_schemes(file)["acme"]
    identifier = normalise("ac:00ff-12ab", acme)
    assert block(identifier) == b"\x28\x04\x00\xff\x12\xab" + bytes(10)
    assert show(identifier.value, acme) == "AC:00FF-12AB"
    blocks, known = parse_column(pa.array(["AC:00ff-12ab", "AC:00ff\u201312ab"]), acme)
    assert known.tolist() == [True, False]  # its normaliser does not turn dashes
    assert bytes(blocks[0]) == block(identifier)


def test_a_scheme_without_hints_still_says_what_is_wrong(file: Path) -> None:
    with pytest.raises(BadIdentifier, match="an Acme id") as refusal:
        normalise("AC:00FF", load_schemes(file)["acme"])
    assert "AC:00FF-12AB" in refusal.value.sentence()


def test_the_programs_own_schemes_stay(file: Path) -> None:
    assert set(load_schemes(file)) == {*schemes(), "acme"}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("number = 40", "number = 1", "already given"),
        ("[acme]", "[utid]", "already given"),
        ("[acme]", "[other]", "other than 'other'"),
        ("number = 40", "number = 256", "from 1 to 255"),
        ("number = 40", "number = 0", "from 1 to 255"),
        ('"upper"', '"capitals"', "'capitals' is not known"),
        ("AC:00FF-12AB", "AC:00FF", "example"),
        ("[0-9A-F]{4}-", "[0-9A-F{4}-", "does not load"),
        ("number = 40", "", "does not load"),
        ('pack = "hex"', 'pack = "base64"', "pack 'base64'"),
        ("number = 40", "number = 40\nsurplus = 1", "surplus"),
        ("[acme]", "[acme", "not TOML"),
    ],
)
def test_a_scheme_that_is_wrong_is_refused_when_it_loads(file: Path, old: str, new: str, words: str) -> None:
    file.write_text(ACME.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as refusal:
        load_schemes(file)
    assert words in refusal.value.sentence()


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_schemes(tmp_path / "none.toml")
