"""Set-up on a machine that lacks something says the one thing that helps and leaves nothing half made."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from house.reading import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SYSTEM_TOOLS = ("sh", "dirname", "cat", "cksum", "sed", "find", "sort", "rm", "mkdir", "grep", "git", "env")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout and a PATH with the tools of every Debian, and no Python, no uv, no node."""
    for folder in ("tools", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in SYSTEM_TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def set_up(machine: Path, level: str = "run") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine / "tools" / "setup", level],
        env={"PATH": str(machine / "bin"), "HOME": str(machine)},
        capture_output=True,
        text=True,
        check=False,
    )


def give(machine: Path, name: str, script: str) -> None:
    """Put a program on the machine."""
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def test_a_machine_without_python_is_told_the_command_that_helps(machine: Path) -> None:
    done = set_up(machine)
    assert done.returncode == 1
    assert "sudo apt install python3 python3-venv" in done.stderr
    assert not (machine / ".venv").exists()


def test_a_python_that_is_too_old_counts_as_none(machine: Path) -> None:
    give(machine, "python3", "exit 1")  # what `sys.version_info < (3, 11)` makes of it
    done = set_up(machine)
    assert done.returncode == 1
    assert "There is no Python 3.11 or newer" in done.stderr


def test_a_python_without_the_module_venv_is_told_the_command_that_helps(machine: Path) -> None:
    give(machine, "python3", 'case "$1" in -c) exit 0 ;; *) exit 1 ;; esac')
    done = set_up(machine)
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr


def test_a_python_with_neither_pip_nor_ensurepip_is_told_the_command_that_helps(machine: Path) -> None:
    python = (
        'case "$*" in\n'
        "-c*) exit 0 ;;\n"
        "--version) echo Python 3.11.2 ;;\n"
        '"-m venv --without-pip .venv") mkdir -p .venv/bin && cat "$0" >.venv/bin/python ;;\n'
        "*) exit 1 ;;\n"
        "esac"
    )
    give(machine, "python3", python)
    done = set_up(machine)
    assert done.returncode == 1
    assert "neither pip nor ensurepip" in done.stderr
    assert "sudo apt install python3-venv" in done.stderr


def test_an_unknown_level_is_a_usage_error(machine: Path) -> None:
    done = set_up(machine, "everything")
    assert done.returncode == 2
    assert "'run' or 'dev'" in done.stderr
