"""A file of applications: good rows in, bad rows told, and the same file again changes nothing."""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundpass.authority.audit.api import Event, events_for, verify_chain
from groundpass.authority.register.api import (
    Application,
    Terminal,
    applications_of,
    approve_many,
    count_at,
    import_file,
    submit,
)
from groundpass.authority.register.domain.sheet import decode, read_sheet
from groundpass.authority.register.models import Holder
from groundpass.kernel.core.errors import BadInput, NoRight
from support.ids import invent_edrpou, invent_kits, invent_rnokpp, invent_utids
from support.register import UTIDS, person
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from support.cast import Cast

HEAD = [
    "terminal",
    "holder_class",
    "tax_id",
    "name",
    "usage_class",
    "shown",
    "document_type",
    "document_last",
    "kit",
]
Rows = list[list[str]]


def _rows(count: int, seed: int = 3) -> Rows:
    numbers = zip(invent_utids(seed), invent_rnokpp(seed), invent_kits(seed), strict=False)
    return [
        [utid, "person", tax, "Їжак Вигаданий", "fixed", "так", "passport", "1234", kit]
        for utid, tax, kit in islice(numbers, count)
    ]


def _text(rows: Rows, separator: str = ",") -> str:
    return "\r\n".join(separator.join(row) for row in [HEAD, *rows])


def _file(tmp_path: Path, data: bytes | str, name: str = "rows.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def _workbook(tmp_path: Path, rows: Rows) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in [HEAD, *rows]:
        sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    path = tmp_path / "rows.xlsx"
    book.save(path)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("encoding", "separator"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("cp1251", ";"),
        ("utf-16", "\t"),
        ("koi8_u", "|"),
    ],
)
def test_every_dialect_of_csv_reads_alike(country: Cast, tmp_path: Path, encoding: str, separator: str):
    path = _file(tmp_path, _text(_rows(25), separator).encode(encoding))
    result = import_file(path, actor=country.clerk, now=NOW)
    assert (result.rows, result.accepted, result.duplicates, result.errors) == (25, 25, 0, ())
    assert {holder.name for holder in Holder.objects.all()} == {"Їжак Вигаданий"}
    assert {row.office for row in applications_of(result.batch)} == {country.office}


@pytest.mark.django_db
def test_a_workbook_reads_with_its_numbers_as_numbers(country: Cast, tmp_path: Path):
    result = import_file(_workbook(tmp_path, _rows(5)), actor=country.clerk, now=NOW)
    assert (result.accepted, result.errors) == (5, ())


@pytest.mark.django_db
def test_a_number_that_lost_its_zeros_in_a_workbook_is_told(country: Cast, tmp_path: Path):
    number = next(number for number in invent_edrpou(8) if number.startswith("0"))
    row = [UTIDS[0], "company", number, "Вигадка", "fixed", "", "", "", ""]
    result = import_file(_workbook(tmp_path, [row]), actor=country.clerk, now=NOW)
    assert (result.accepted, result.errors[0].column, result.errors[0].value) == (0, "tax_id", "")
    row[2] = f" {number}"  # as text
    assert import_file(_workbook(tmp_path, [row]), actor=country.clerk, now=NOW).accepted == 1


@pytest.mark.django_db
def test_of_ten_thousand_rows_one_is_bad_and_the_rest_go_in(country: Cast, tmp_path: Path):
    rows = _rows(10_000)
    rows[7_000][0] = rows[7_000][0][:-1] + "v"
    path = _file(tmp_path, _text(rows, ";").encode("cp1251"))
    steps: list[int] = []
    result = import_file(path, actor=country.clerk, now=NOW, progress=lambda done, _: steps.append(done))
    assert (result.rows, result.accepted, result.duplicates) == (10_000, 9_999, 0)
    (error,) = result.errors
    assert (error.line, error.column, error.value) == (7_002, "terminal", rows[7_000][0])
    assert "is not a UTID" in error.reason
    assert error.fix
    assert (len(steps), steps[-1]) == (10, 10_000)
    assert Application.objects.count() == Holder.objects.count() == Terminal.objects.count() == 9_999
    assert verify_chain().ok


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_second_run_adds_nothing_and_the_rest_of_a_first_one(country: Cast, tmp_path: Path):
    rows = _rows(30)
    import_file(_file(tmp_path, _text(rows[:20])), actor=country.clerk, now=NOW)
    again = import_file(_file(tmp_path, _text(rows)), actor=country.clerk, now=NOW + 1)
    assert (again.accepted, again.duplicates, again.errors) == (10, 20, ())
    assert applications_of(again.batch).count() == 10
    approve_many(Application.objects.all(), actor=country.reviewer, now=NOW + 2)
    third = import_file(_file(tmp_path, _text(rows + rows[:3])), actor=country.clerk, now=NOW + 3)
    assert (third.accepted, third.duplicates, third.errors) == (0, 33, ())
    assert count_at(NOW + 3) == 30


@pytest.mark.django_db
def test_a_dry_run_says_the_same_and_stores_nothing(country: Cast, tmp_path: Path):
    rows = _rows(2500)  # more than one transaction: what was taken in the first counts in the third
    rows += [rows[0], [*rows[1][:2], rows[2][2], *rows[1][3:]]]
    rows += [[utid, *rows[0][1:8], ""] for utid in islice(invent_utids(77), 3)]
    path = _file(tmp_path, _text(rows))
    events = Event.objects.count()
    dry = import_file(path, actor=country.clerk, now=NOW, dry_run=True)
    assert not Application.objects.exists()
    assert not Holder.objects.exists()
    assert Event.objects.count() == events
    wet = import_file(path, actor=country.clerk, now=NOW)
    assert (dry.accepted, dry.duplicates, dry.errors) == (wet.accepted, wet.duplicates, wet.errors)
    assert (wet.accepted, wet.duplicates, len(wet.errors)) == (2502, 1, 2)
    assert [error.line for error in wet.errors] == [2503, 2506]
    assert (dry.dry_run, wet.dry_run) == (True, False)


@pytest.mark.django_db
def test_each_fault_of_a_row_is_told_with_line_column_reason_and_fix(country: Cast, tmp_path: Path):
    rows = _rows(6)
    rows[0][2] = rows[0][2][:-1] + str((int(rows[0][2][-1]) + 1) % 10)
    rows[1][1], rows[1][5] = "persom", "perhaps"
    rows[2][3] = '"Їжак'
    rows[3] = ["", *rows[3][1:]]
    rows[4][1] = "defence"
    result = import_file(_file(tmp_path, _text(rows)), actor=country.clerk, now=NOW)
    told = [(error.line, error.column, error.value) for error in result.errors]
    assert told == [
        (2, "tax_id", ""),
        (3, "shown", "perhaps"),
        (3, "holder_class", "persom"),
        (4, "", ""),
        (5, "terminal", ""),
        *[
            (6, column, "")
            for column in ("name", "tax_id", "document_type", "document_last", "sealed_reference")
        ],
    ]
    assert result.errors[2].fix.startswith("Did you mean person?")
    assert "does not read as CSV" in result.errors[3].reason
    assert all(error.reason and error.fix for error in result.errors)
    assert result.accepted == 1


@pytest.mark.django_db
def test_a_row_that_the_register_refuses_is_told_and_the_next_one_goes_in(country: Cast, tmp_path: Path):
    rows = _rows(3)
    submit(person(rows[0][0]), actor=country.clerk, now=NOW)
    rows[1] = [*rows[1][:5], "no", *rows[1][6:]]
    rows.append([UTIDS[9], *rows[1][1:8], ""])
    result = import_file(_file(tmp_path, _text(rows)), actor=country.clerk, now=NOW)
    assert [(error.line, error.column) for error in result.errors] == [(2, "terminal"), (5, "shown")]
    assert result.accepted == 2
    (event,) = events_for(f"import:{result.batch}")
    assert {name: event.detail[name] for name in ("rows", "accepted", "errors")} == {
        "rows": 4,
        "accepted": 2,
        "errors": 2,
    }


@pytest.mark.django_db
def test_the_office_of_a_row_is_one_where_the_clerk_may_submit(country: Cast, tmp_path: Path):
    head = ",".join([*HEAD, "office"])
    rows = [[*row, office] for row, office in zip(_rows(3), ["kyiv-1", "lviv-1", "nowhere"], strict=True)]
    text = "\n".join([head, *(",".join(row) for row in rows)])
    result = import_file(_file(tmp_path, text), actor=country.clerk, now=NOW)
    assert [(error.line, error.column, error.value) for error in result.errors] == [
        (3, "office", "lviv-1"),
        (4, "office", "nowhere"),
    ]
    assert result.accepted == 1


@pytest.mark.django_db
def test_the_liaison_imports_protected_rows_and_a_clerk_cannot(country: Cast, tmp_path: Path):
    text = f"terminal,holder_class,usage_class,sealed_reference\n{UTIDS[0]},defence,vehicle,unit-0001/7\n"
    path = _file(tmp_path, text)
    refused = import_file(path, actor=country.clerk, now=NOW)
    assert (refused.accepted, refused.errors[0].column) == (0, "holder_class")
    assert import_file(path, actor=country.liaison, now=NOW).accepted == 1
    with pytest.raises(NoRight):
        import_file(path, actor=country.reviewer, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("", "The file is empty"),
        ("\n \n", "The file is empty"),
        (",".join(HEAD), "no row below its first line"),
        ("term1nal,holder_class,usage_class\nx,y,z", "Rename 'term1nal' to 'terminal'"),
        ("terminal,usage_class\nx,y", "The column 'holder_class' is missing"),
        ("terminal,terminal,holder_class,usage_class\na,b,c,d", "The column 'terminal' is there twice"),
        (b"PK\x05\x06" + b"\0" * 18, "The workbook does not open"),
        (b"\xff\xfe\x00", "does not read as utf-16"),
    ],
)
def test_a_file_that_cannot_be_a_list_of_applications_is_refused_whole(
    country: Cast, tmp_path: Path, data: bytes | str, fault: str
):
    with pytest.raises(BadInput, match=fault):
        import_file(_file(tmp_path, data), actor=country.clerk, now=NOW)
    with pytest.raises(BadInput, match="does not open"):
        import_file(tmp_path / "missing.csv", actor=country.clerk, now=NOW)


@pytest.mark.django_db
def test_columns_that_nobody_asked_for_are_left_out_and_named(country: Cast, tmp_path: Path):
    head = ",".join(["№", *[name.upper().replace("_", " ") for name in HEAD], "Phone"])
    text = "\n".join([head, *(",".join(["1", *row, "555"]) for row in _rows(2))])
    result = import_file(_file(tmp_path, text), actor=country.clerk, now=NOW)
    assert (result.accepted, result.unknown_columns) == (2, ("№", "phone"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes):
    with contextlib.suppress(BadInput):
        read_sheet(b"terminal;name\n" + data, known=["terminal", "name"], needed=["terminal"])


NAMES = [
    "Єва Їжакевич",
    "Ґалаґан Вигаданий",
    "ФОП Щукін Юрій Ілліч",
    "Дем'яненко",
    "Приватне підприємство «Вигадка»",
]


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=30))
def test_names_in_cp1251_are_spelt_as_they_were_written(names: list[str]):
    text = "\n".join(["name", *names])
    assert decode(text.encode("cp1251")) == text
