"""`groundpass register import`: applications from a CSV file or a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give, print_table, progress

if TYPE_CHECKING:
    from groundpass.authority.register.api import ImportResult

SHOWN = 20  # rows with a fault that a person is shown; --json has them all


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything, store nothing.")
@as_option
@now_option
@json_option
def command(*, file: Path, dry_run: bool, username: str | None, now: int, as_json: bool) -> int:
    """Take in FILE (CSV or XLSX), a terminal a row.

    Good rows go in and wait for a reviewer; of each bad one the line, the column, the reason and the likely
    fix are told, and the exit code is then 1. The same file again adds nothing twice.
    """
    actor = authority.acting(username)
    from groundpass.authority.register.api import import_file

    with progress("Importing") as tell:
        result = import_file(file, actor=actor, now=now, dry_run=dry_run, progress=tell)
    facts = facts_of(result)
    if as_json:
        faults = [
            {"line": row.line, "column": row.column, "value": row.value, "reason": row.reason, "fix": row.fix}
            for row in result.errors
        ]
        give({**facts, "errors": faults}, as_json=True)
    else:
        give({**facts, "errors": len(result.errors)}, as_json=False)
        _show_faults(result)
    return 1 if result.errors else 0


def facts_of(result: ImportResult) -> dict[str, object]:
    """What became of a file, as counts; `batch` names its applications, where any were stored."""
    return {
        "rows": result.rows,
        "accepted": result.accepted,
        "duplicates": result.duplicates,
        "dry_run": result.dry_run,
        "batch": None if result.dry_run else str(result.batch),
        "unknown_columns": list(result.unknown_columns),
    }


def _show_faults(result: ImportResult) -> None:
    """The first rows with a fault, as a table."""
    if not result.errors:
        return
    shown = result.errors[:SHOWN]
    rows = [(row.line, row.column, row.value, row.reason, row.fix) for row in shown]
    print_table(
        f"{len(result.errors)} rows have a fault",
        ["line", "column", "value", "reason", "fix"],
        rows,
        numbers=["line"],
    )
