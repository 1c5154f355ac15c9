"""The kernel is values in, values out: it brings no Django, and its words are complete."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import groundpass.kernel.core
import groundpass.kernel.engine
import groundpass.kernel.territory
from groundpass.kernel.core.verdicts import (
    LANGUAGES,
    Flag,
    Reason,
    Verdict,
    flag_names,
    flag_sentence,
    sentence,
)

PARTS = (groundpass.kernel.core, groundpass.kernel.territory, groundpass.kernel.engine)
MODULES = [found.name for part in PARTS for found in pkgutil.iter_modules(part.__path__, part.__name__ + ".")]


def test_importing_the_kernel_imports_no_framework_and_no_network() -> None:
    program = f"""
import importlib, sys
for name in {MODULES!r}:
    importlib.import_module(name)
strangers = {{"django", "ninja", "requests", "urllib3", "tuf", "sqlite3"}} & set(sys.modules)
sys.exit(" ".join(sorted(strangers)) or 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("verdict", Verdict)
def test_every_reason_has_its_sentence(reason: Reason, verdict: Verdict, language: str) -> None:
    text = sentence(reason, verdict, language)
    assert text.endswith(".")
    assert text[0].isupper()
    assert any("а" <= letter <= "я" for letter in text) == (language == "uk")  # noqa: RUF001 - Cyrillic on purpose


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("flag", Flag)
def test_every_flag_has_its_sentence(flag: Flag, language: str) -> None:
    assert flag_sentence(flag, language).endswith(".")
    assert flag_names(flag) == [flag.name]


def test_flags_are_named_in_the_order_of_their_bits() -> None:
    assert flag_names(Flag.HELD | Flag.GRACE) == ["GRACE", "HELD"]
    assert flag_names(0) == []
