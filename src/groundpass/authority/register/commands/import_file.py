"""Take in a file of applications: good rows go in, bad ones are told, a second run changes nothing.

Rows go in by transactions of `CHUNK`. A stop half way keeps what went in; the same file again adds the rest,
and the rows that are there count as duplicates. A dry run reads, decides and stores nothing at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from django.db import transaction

from groundpass.authority.accounts.api import Office, User, require
from groundpass.authority.audit.api import record
from groundpass.authority.register.commands.submit import office_for, require_channel
from groundpass.authority.register.commands.take import Row, look_up, take
from groundpass.authority.register.domain.desk import Desk, Outcome
from groundpass.authority.register.domain.sheet import Line, Sheet, read_sheet
from groundpass.authority.register.domain.submission import BadSubmission, Problem, Submission, read
from groundpass.authority.register.queries.country import country_at
from groundpass.kernel.core.errors import BadInput, NoRight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from groundpass.authority.register.domain.country import Country
    from groundpass.authority.register.models import Application

CHUNK: Final = 1000  # rows in one transaction
COLUMNS: Final = (
    "terminal",
    "holder_class",
    "tax_id",
    "name",
    "usage_class",
    "shown",
    "document_type",
    "document_last",
    "kit",
    "office",
    "sealed_reference",
)
NEEDED: Final = ("terminal", "holder_class", "usage_class")
SHOWABLE: Final = frozenset({"terminal", "holder_class", "usage_class", "shown", "kit", "office"})
YES: Final = frozenset({"yes", "y", "true", "1", "так", "т", "да"})
NO: Final = frozenset({"", "no", "n", "false", "0", "ні", "н", "нет"})


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row: its line in the file (counted from 1), the column, the reason, the fix.

    `value` is what stands there, and is empty where that is personal.
    """

    line: int
    column: str
    value: str
    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file. `batch` finds its applications (`applications_of`); a dry run has none."""

    batch: UUID
    rows: int
    accepted: int
    duplicates: int
    errors: tuple[RowError, ...]
    unknown_columns: tuple[str, ...]
    dry_run: bool


@dataclass(slots=True)
class _Count:
    accepted: int = 0
    duplicates: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_file(
    path: Path,
    *,
    actor: User,
    now: int,
    dry_run: bool = False,
    progress: Callable[[int, int | None], None] | None = None,
) -> ImportResult:
    """Take in a CSV file or a workbook of applications; who approves them is another step.

    `progress` is called with (rows done, rows) after each transaction.

    Raises:
        NoRight: the actor may not submit.
        BadInput: the file is not there, does not read, or lacks a column that is needed.
    """
    require(actor, "register.submit")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file {path} does not open", why=error.strerror or str(error)) from error
    sheet = read_sheet(data, known=COLUMNS, needed=NEEDED)
    counter = _Counter(actor, now, None if dry_run else uuid4())
    for start in range(0, len(sheet.lines), CHUNK):
        counter.take(sheet.lines[start : start + CHUNK])
        if progress:
            progress(min(start + CHUNK, len(sheet.lines)), len(sheet.lines))
    result = counter.result(sheet)
    if not dry_run:
        _tell(result, data, actor, now)
    return result


class _Counter:
    """One actor handing in one file. Without a batch it is a dry run."""

    def __init__(self, actor: User, now: int, batch: UUID | None) -> None:
        self.actor, self.now, self.batch = actor, now, batch
        self.country: Country = country_at(now)
        self.offices: dict[str, Office | None] = {}
        self.desk = Desk()  # of a dry run: what it would have stored so far
        self.count = _Count()

    def take(self, lines: Sequence[Line]) -> None:
        """Take in the rows of one transaction."""
        rows: list[tuple[Line, Row]] = []
        for line in lines:
            try:
                rows.append((line, self._read(line)))
            except BadSubmission as error:
                self.count.errors += [_error(line, problem) for problem in error.problems]
        if not rows:
            return
        ready = [row for _, row in rows]
        outcomes = (
            take(ready, actor=self.actor, now=self.now, batch=self.batch) if self.batch else self._try(ready)
        )
        for (line, _), outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, Problem):
                self.count.errors.append(_error(line, outcome))
            elif outcome is Outcome.DUPLICATE:
                self.count.duplicates += 1
            else:
                self.count.accepted += 1

    def _try(self, rows: list[Row]) -> list[Application | Outcome | Problem]:
        identities = look_up(self.desk, rows, self.now)
        return [self.desk.decide(row.ready, who) for row, who in zip(rows, identities, strict=True)]

    def _read(self, line: Line) -> Row:
        if line.fault:
            raise BadSubmission([Problem("", line.fault, "Close the quotes, or take them away")])
        cells = {column: line.cells.get(column, "") for column in COLUMNS}
        shown = cells.pop("shown").strip().lower()
        problems = []
        if shown not in YES | NO:
            problems.append(Problem("shown", f"{shown!r} is neither yes nor no", "Write yes or no"))
        submission = Submission(**cells, shown=shown in YES)
        try:
            ready = read(submission, self.country)
            require_channel(ready, self.actor)
            office = self._office(submission.office)
        except BadSubmission as error:
            raise BadSubmission([*problems, *error.problems]) from error
        except NoRight as error:
            raise BadSubmission([*problems, Problem("holder_class", error.what, error.todo)]) from error
        if problems:
            raise BadSubmission(problems)
        return Row(ready, office)

    def _office(self, code: str) -> Office | None:
        if code not in self.offices:
            office = office_for(code, self.actor)
            try:
                require(self.actor, "register.submit", office=office)
            except NoRight as error:
                raise BadSubmission([Problem("office", error.what, error.todo)]) from error
            self.offices[code] = office
        return self.offices[code]

    def result(self, sheet: Sheet) -> ImportResult:
        """What became of the file."""
        count = self.count
        return ImportResult(
            self.batch or uuid4(),
            len(sheet.lines),
            count.accepted,
            count.duplicates,
            tuple(count.errors),
            sheet.unknown,
            dry_run=self.batch is None,
        )


def _error(line: Line, problem: Problem) -> RowError:
    value = line.cells.get(problem.field, "") if problem.field in SHOWABLE else ""
    fix, meant = problem.todo, problem.suggestion
    if meant and f"Did you mean {meant}" not in fix and meant != value:
        fix = f"Did you mean {meant}? {fix}"
    return RowError(line.number, problem.field, value, problem.what, fix)


@transaction.atomic
def _tell(result: ImportResult, data: bytes, actor: User, now: int) -> None:
    """Write down that a file came in: which one, and what became of it."""
    detail = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "rows": result.rows,
        "accepted": result.accepted,
        "duplicates": result.duplicates,
        "errors": len(result.errors),
    }
    record("register.import", f"import:{result.batch}", actor=actor.username, now=now, detail=detail)
