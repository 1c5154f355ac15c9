"""`register`: lists come in, are reviewed, and are looked up."""

from __future__ import annotations

import csv
import json
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from groundpass.doors.demo.steps.counter import CYRILLIC_O
from support.ids import invent_rnokpp, invent_utids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.conftest import Run, RunJson
    from support.cast import Cast

pytestmark = pytest.mark.django_db

COLUMNS = (
    "terminal", "holder_class", "tax_id", "name", "usage_class", "shown", "document_type", "document_last",
)  # fmt: skip


@pytest.fixture
def classes(cast: Cast, home: Path, run_json: RunJson) -> Cast:
    loaded = run_json("register", "classes", "--as", "officer")
    assert loaded["country"] == "UA"
    assert {"person", "company", "defence"} <= set(loaded["holder_classes"])
    return cast


def rows(count: int) -> list[list[str]]:
    pairs = islice(zip(invent_utids(), invent_rnokpp(), strict=False), count)
    tail = ["Олена Вигадана", "fixed", "no", "id_card", "4321"]
    return [[utid, "person", tax, *tail] for utid, tax in pairs]


def write(path: Path, lines: list[list[str]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([COLUMNS, *lines])
    return path


def test_a_list_comes_in_once_and_a_reviewer_approves_it(
    classes: Cast, run_json: RunJson, tmp_path: Path
) -> None:
    path = write(tmp_path / "list.csv", rows(5))
    dry = run_json("register", "import", path, "--dry-run", "--as", "clerk")
    assert (dry["accepted"], dry["dry_run"], dry["batch"]) == (5, True, None)
    done = run_json("register", "import", path, "--as", "clerk")
    assert (done["rows"], done["accepted"], done["errors"]) == (5, 5, [])
    again = run_json("register", "import", path, "--as", "clerk")
    assert (again["accepted"], again["duplicates"]) == (0, 5)
    waiting = run_json("register", "queue", "--as", "reviewer")["applications"]
    assert len(waiting) == 5
    one = run_json("register", "approve", waiting[0]["application"], "--as", "reviewer")
    assert one == {"approved": 1, "refused": 0, "refusals": []}
    rest = run_json("register", "approve", "--batch", done["batch"], "--as", "second-reviewer")
    assert (rest["approved"], rest["refused"]) == (4, 0)
    assert run_json("register", "queue", "--as", "reviewer")["applications"] == []


def test_approving_twice_tells_each_refusal_and_exits_with_1(
    classes: Cast, run: Run, run_json: RunJson, tmp_path: Path
) -> None:
    run_json("register", "import", write(tmp_path / "list.csv", rows(1)), "--as", "clerk")
    (waiting,) = run_json("register", "queue", "--as", "reviewer")["applications"]
    run_json("register", "approve", waiting["application"], "--as", "reviewer")
    again = run("register", "approve", waiting["application"], "--as", "reviewer", "--json")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["refused"] == 1


def test_a_kit_number_in_the_wrong_column_is_recognised(
    classes: Cast, run: Run, run_json: RunJson, tmp_path: Path
) -> None:
    lines = rows(2)
    lines[0][0] = "KIT303105607"
    result = run("register", "import", write(tmp_path / "list.csv", lines), "--as", "clerk", "--json")
    assert result.exit_code == 1
    (error,) = json.loads(result.stdout)["errors"]
    assert (error["line"], error["column"]) == (2, "terminal")
    assert "KIT" in error["reason"]


def test_a_windows_file_with_a_bad_row_and_duplicates_is_told_row_by_row(
    classes: Cast, run: Run, run_json: RunJson, tmp_path: Path
) -> None:
    lines = rows(20)
    lines[7][0] = lines[7][0].replace("0", CYRILLIC_O, 1)
    lines.append(lines[3])
    path = write(tmp_path / "list.csv", lines, delimiter=";", encoding="cp1251")
    result = run("register", "import", path, "--as", "clerk")
    assert result.exit_code == 1
    assert "CYRILLIC CAPITAL LETTER O" in result.stdout
    again = run("register", "import", path, "--as", "clerk", "--json")
    assert again.exit_code == 1
    assert '"line": 9' in again.stdout
    assert '"duplicates": 20' in again.stdout
    assert len(run_json("register", "queue", "--as", "reviewer")["applications"]) == 19


def test_a_clerk_cannot_approve_and_nobody_approves_their_own(
    classes: Cast, run_json: RunJson, refused: Callable[..., str], tmp_path: Path
) -> None:
    run_json("register", "import", write(tmp_path / "list.csv", rows(1)), "--as", "clerk")
    assert "does not have the right register.approve" in refused(
        "register", "approve", "--all", "--as", "clerk"
    )
    assert "does not have the right register.submit" in refused(
        "register", "import", tmp_path / "list.csv", "--as", "reviewer"
    )
    assert "There is no import" in refused("register", "approve", "--batch", "none", "--as", "reviewer")
    assert "is not the number of anything" in refused("register", "approve", "none", "--as", "reviewer")
    assert "one of the three" in refused("register", "approve", "--as", "reviewer", code=2)


def test_a_file_that_is_not_there_or_no_list_is_refused(
    classes: Cast, refused: Callable[..., str], tmp_path: Path
) -> None:
    refused("register", "import", tmp_path / "nothing.csv", "--as", "clerk", code=2)
    (tmp_path / "empty.csv").write_bytes(b"")
    refused("register", "import", tmp_path / "empty.csv", "--as", "clerk")


def test_a_look_at_a_record_is_written_down(
    classes: Cast, run_json: RunJson, refused: Callable[..., str], tmp_path: Path
) -> None:
    run_json("register", "import", write(tmp_path / "list.csv", rows(1)), "--as", "clerk")
    terminal = rows(1)[0][0]
    record = run_json("register", "show", terminal, "--purpose", "the holder asks", "--as", "reviewer")
    assert record["identifier"] == terminal
    assert record["holder"]["name"] == "Олена Вигадана"
    from groundpass.authority.audit.api import events

    assert "the holder asks" in str(events().last().detail)
    assert "does not know this terminal" in refused(
        "register", "show", "ut0fffffff-00000000-00000000", "--as", "reviewer"
    )
    assert "does not have the right register.read" in refused(
        "register", "show", terminal, "--as", "stranger"
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("ut01000000-00000000-00c326f" + CYRILLIC_O, "CYRILLIC CAPITAL LETTER O"),
        ("ut0l000000-00000000-00c326fa", "'l'"),
        ("ut01000000-00000000-00c326va", "'v'"),
        ("ut01000000-00000000-00c326f", "UTID"),
    ],
)
def test_a_mistyped_number_is_told_exactly(
    classes: Cast, refused: Callable[..., str], typed: str, told: str
) -> None:
    assert told in refused("register", "show", typed, "--as", "reviewer")


def test_classes_of_another_country_are_a_file(
    cast: Cast, home: Path, refused: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "country.yaml").write_text("format: something-else\n", "utf-8")
    refused("register", "classes", tmp_path / "country.yaml", "--as", "officer")
    assert "register.configure" in refused("register", "classes", "--as", "clerk")


def test_an_import_without_classes_says_how_to_load_them(
    cast: Cast, home: Path, refused: Callable[..., str], tmp_path: Path
) -> None:
    words = ("register", "import", write(tmp_path / "list.csv", rows(1)), "--as", "clerk")
    assert "groundpass register classes" in refused(*words, code=3)
