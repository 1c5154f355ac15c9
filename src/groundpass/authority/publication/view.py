"""One consistent view of the register, and no migration beside it.

1. Everything that a release is compiled from is read in one transaction that sees one state of the database:
   REPEATABLE READ on PostgreSQL; on SQLite an IMMEDIATE transaction keeps writers out.
2. Nothing is compiled while migrations are unapplied, or while the database has some that this program does
   not know: either way code and tables disagree. In 2026 a registry published an empty list when a change of
   its schema raced its publisher.
3. Nothing that was read is used if a migration ran since the view was opened.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from groundpass.kernel.core.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def consistent_view() -> Iterator[None]:
    """Read in here. Raises CannotRun by rules 1 to 3; the last one when the block ends."""
    check_migrations()
    before = _migrations()
    with transaction.atomic():
        _repeatable_read()
        yield
    if _migrations() != before:
        raise CannotRun(
            "A migration ran while the register was read", todo="Build the release again when it is over"
        )


def check_migrations() -> None:
    """Raise CannotRun unless exactly the migrations that this program knows are applied."""
    loader = MigrationLoader(connection)
    known, applied = set(loader.graph.nodes), set(loader.applied_migrations)
    ours = {app for app, _ in known}
    newer = sorted(key for key in applied - known if key[0] in ours and key not in loader.replacements)
    missing = sorted(known - applied)
    for keys, what, todo in (
        (missing, "The database lacks migrations", "Apply them, then build again"),
        (newer, "The database has newer migrations than this program", "Update the program"),
    ):
        if keys:
            raise CannotRun(what, why=", ".join(f"{app} {name}" for app, name in keys), todo=todo)


def _migrations() -> tuple[tuple[int, str, str], ...]:
    """What the table of migrations says, by row: one that ran and was undone shows as well."""
    rows = MigrationRecorder.Migration.objects.using(connection.alias).order_by("pk")
    return tuple(rows.values_list("pk", "app", "name"))


def _repeatable_read() -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SHOW transaction_isolation")
        row = cursor.fetchone()
    if row is None or row[0] not in {"repeatable read", "serializable"}:
        raise CannotRun("A release is compiled outside of any other transaction", todo="End that one first")
