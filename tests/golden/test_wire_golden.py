from __future__ import annotations

import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = runpy.run_path(str(HERE / "regenerate.py"))["FILES"]


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_bytes_of_a_format_are_those_of_its_golden_file(name: str):
    assert FILES[name]() == (HERE / name).read_bytes(), "a changed format needs a new version"
