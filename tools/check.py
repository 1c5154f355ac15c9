"""Every check of the house, one after the other, and an honest account at the end.

- A check that fails does not hide the next one: all of them run, and the exit code is 1 if any failed.
- A test that needs something of the system which is not here (Chromium, a PostgreSQL that starts) is skipped
  by the test itself with a reason; the account names and counts each reason.
- With GROUNDPASS_REQUIRE_ALL=1 nothing may be missing: one skipped test makes the whole run fail.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = Path(sys.executable).parent
REPORTS: Final = ROOT / ".cache" / "test"
WORKERS: Final = "2"  # the tests are made for two cores


@dataclass
class Check:
    """One command. `report` names the file of results of a test run, relative to REPORTS."""

    title: str
    command: list[str]
    report: str | None = None


@dataclass
class Outcome:
    """How a check ended: its exit code, how long it took, and what its tests said."""

    check: Check
    code: int
    seconds: float
    tests: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


LINT: Final = [
    Check("style", ["ruff", "check", "."]),
    Check("format", ["ruff", "format", "--check", "."]),
    Check("contracts", ["lint-imports", "--no-logo"]),
    Check("types", ["mypy"]),
]
TESTS: Final = [
    Check("tests on SQLite", ["pytest", "-q", "-n", WORKERS, "--dist", "worksteal"], "sqlite.xml"),
    Check(
        "tests on PostgreSQL",
        ["pytest", "-q", "-n", WORKERS, "-m", "postgres", "--database", "postgresql"],
        "postgres.xml",
    ),
]


def run(check: Check) -> Outcome:
    """Run one check with its output shown as it comes."""
    print(f"\n== {check.title}: {' '.join(check.command)}", flush=True)
    command = [str(BIN / check.command[0]), *check.command[1:]]
    report = REPORTS / check.report if check.report else None
    if report:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        command.append(f"--junitxml={report}")
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    outcome = Outcome(check, code, time.monotonic() - started)
    if report:
        read_report(report, outcome)
    return outcome


def read_report(report: Path, outcome: Outcome) -> None:
    """Count the tests that ran and, by reason, those that could not; a report without a test is a failure."""
    if report.exists():
        # Written by our own pytest a moment ago: nothing of strangers is parsed here.
        for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - see above
            outcome.tests += 1
            skipped = case.find("skipped")
            if skipped is not None and skipped.get("type") != "pytest.xfail":
                outcome.skipped[skipped.get("message") or "no reason given"] += 1
    if outcome.tests == 0:
        outcome.code = outcome.code or 1


def account(outcomes: list[Outcome]) -> int:
    """Say how each check ended and what could not run; give the exit code."""
    print("\n== account")
    for outcome in outcomes:
        word = "passed" if outcome.code == 0 else f"FAILED ({outcome.code})"
        ran = outcome.tests - outcome.skipped.total()
        tests = f"  {ran} of {outcome.tests} tests ran" if outcome.check.report else ""
        print(f"{outcome.check.title:22} {word:12} {outcome.seconds:6.1f} s{tests}")
    failed = any(outcome.code for outcome in outcomes)
    missing = Counter[str]()
    for outcome in outcomes:
        missing.update(outcome.skipped)
    if missing:
        print(f"\n{missing.total()} tests could not run here:")
        for reason, count in missing.most_common():
            print(f"{count:5}  {reason}")
        if os.environ.get("GROUNDPASS_REQUIRE_ALL") == "1":
            print("GROUNDPASS_REQUIRE_ALL=1 allows none: FAILED")
            failed = True
    elif any(outcome.check.report for outcome in outcomes):
        print("\nEvery test could run: nothing of the system was missing.")
    return int(failed)


def main() -> int:
    """Run the checks that the command line asks for."""
    parser = argparse.ArgumentParser(description="Every check of the house.")
    parser.add_argument("--lint", action="store_true", help="style, types and contracts alone")
    arguments = parser.parse_args()
    return account([run(check) for check in (LINT if arguments.lint else LINT + TESTS)])


if __name__ == "__main__":
    raise SystemExit(main())
