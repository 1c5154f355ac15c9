"""A contract that nobody saw break may be asleep. Here each one is broken on purpose, and must turn red.

The package is copied without its data, one forbidden import (or one folder without a floor) is added,
and `lint-imports` judges that one contract.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# contract → (file that sins, what it says). A file that does not exist is made.
SINS: list[tuple[str, str, str]] = [
    ("floors", "kernel/core/errors.py", "import groundpass.operator"),
    ("floors", "authority/audit/models.py", "import groundpass.doors.cli"),
    ("floors", "doors/web/__init__.py", "import groundpass.config.home"),
    ("floors", "attic/__init__.py", ""),
    ("strangers", "authority/publication/apps.py", "import groundpass.operator"),
    ("strangers", "operator/__init__.py", "import groundpass.authority.audit"),
    ("doors", "doors/web/__init__.py", "import groundpass.doors.cli"),
    ("doors", "doors/rest/__init__.py", "import groundpass.doors.web"),
    ("doors", "doors/cellar/__init__.py", ""),
    ("authority", "authority/audit/models.py", "import groundpass.authority.register.api"),
    ("authority", "authority/register/apps.py", "import groundpass.authority.policy.api"),
    ("authority", "authority/pantry/__init__.py", ""),
    ("kernel", "kernel/core/errors.py", "import groundpass.kernel.wire"),
    ("kernel", "kernel/engine/__init__.py", "import groundpass.kernel.trust"),
    ("kernel", "kernel/compiled/__init__.py", "import groundpass.kernel.territory"),
    ("kernel", "kernel/stove/__init__.py", ""),
    ("part", "authority/audit/models.py", "import groundpass.authority.audit.api"),
    ("part", "authority/policy/domain/__init__.py", "import groundpass.authority.policy.models"),
    ("enter-audit", "doors/web/__init__.py", "import groundpass.authority.audit.queries"),
    ("enter-accounts", "authority/policy/models.py", "import groundpass.authority.accounts.models"),
    ("enter-register", "authority/publication/apps.py", "import groundpass.authority.register.apps"),
    ("enter-policy", "authority/publication/apps.py", "import groundpass.authority.policy.domain"),
    ("enter-publication", "doors/rest/__init__.py", "import groundpass.authority.publication.commands"),
    ("enter-telemetry", "authority/enforcement/apps.py", "import groundpass.authority.telemetry.domain"),
    ("enter-enforcement", "doors/cli/main.py", "import groundpass.authority.enforcement.commands"),
    ("enter-operator", "doors/demo/__init__.py", "import groundpass.operator.simulator.fleet"),
    ("views", "doors/web/__init__.py", "import groundpass.authority.policy.models"),
    ("numba", "kernel/engine/__init__.py", "import numba"),
    ("numba", "operator/__init__.py", "import numba"),
    ("django", "operator/__init__.py", "import django.conf"),
    ("django", "kernel/core/errors.py", "import ninja"),
    ("pure", "kernel/core/errors.py", "import time"),
    ("pure", "kernel/trust/__init__.py", "import urllib.request"),
]


def contracts() -> set[str]:
    """Ids of the contracts that `.importlinter` holds."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {section.removeprefix(prefix) for section in parser.sections() if section.startswith(prefix)}


def judge(place: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Run `lint-imports` for one contract on the package that lies in `place`."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--contract", contract],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second house to break: Python files and the contracts, nothing else."""
    place = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / ".importlinter", place)
    for path in (ROOT / "src" / "groundpass").rglob("*.py"):
        target = place / path.relative_to(ROOT / "src")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return place


def test_every_contract_has_a_sin_and_every_sin_a_contract() -> None:
    assert {contract for contract, _, _ in SINS} == contracts()


@pytest.mark.parametrize(("contract", "file", "sin"), SINS, ids=str)
def test_a_contract_that_is_broken_turns_red(copy: Path, contract: str, file: str, sin: str) -> None:
    path = copy / "groundpass" / file
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{sin}\n", "utf-8")
    try:
        verdict = judge(copy, contract)
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, "utf-8")
    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert "BROKEN" in verdict.stdout or "exhaustive" in verdict.stdout.lower(), verdict.stdout


def test_the_house_itself_keeps_every_contract() -> None:
    verdict = judge(ROOT, "floors")
    assert verdict.returncode == 0, verdict.stdout
