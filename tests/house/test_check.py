"""The account at the end of `make test`: honest about what failed, and about what could not run."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from house.reading import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

RESULTS = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><skipped type="pytest.skip" message="needs Chromium"/></testcase>
<testcase name="d"><skipped type="pytest.xfail" message="a known fault"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("GROUNDPASS_REQUIRE_ALL", raising=False)
    spec = importlib.util.spec_from_file_location("check", ROOT / "tools" / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "check", module)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def outcome_of(check: ModuleType, report: Path, code: int = 0):
    outcome = check.Outcome(check.Check("tests", ["pytest"], report.name), code, 1.0)
    check.read_report(report, outcome)
    return outcome


def test_what_could_not_run_is_named_and_counted(
    check: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "results.xml"
    report.write_text(RESULTS, "utf-8")
    assert check.account([outcome_of(check, report)]) == 0
    told = capsys.readouterr().out
    assert "3 of 4 tests ran" in told
    assert "1 tests could not run here" in told
    assert "needs Chromium" in told


def test_nothing_may_be_missing_where_all_is_required(
    check: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "results.xml"
    report.write_text(RESULTS, "utf-8")
    monkeypatch.setenv("GROUNDPASS_REQUIRE_ALL", "1")
    assert check.account([outcome_of(check, report)]) == 1


def test_one_check_that_failed_fails_the_whole(check: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "results.xml"
    report.write_text(RESULTS, "utf-8")
    assert check.account([outcome_of(check, report), outcome_of(check, report, code=1)]) == 1


def test_a_run_that_left_no_results_has_failed(check: ModuleType, tmp_path: Path) -> None:
    assert check.account([outcome_of(check, tmp_path / "nothing.xml")]) == 1
