from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(scope="session")
def samples() -> SimpleNamespace:
    """The invented values behind the golden files."""
    path = Path(__file__).parent.parent / "golden" / "samples.py"
    return SimpleNamespace(**runpy.run_path(str(path)))
