"""Lift the append-only triggers, for flushes between tests and for tests that play the thief."""

from __future__ import annotations

from importlib import import_module

from django.db import connection

_migration = import_module("groundpass.authority.audit.migrations.0002_append_only")


def drop() -> None:
    """Drop the triggers, in the transaction of the caller where there is one."""
    with connection.cursor() as cursor:
        for statement in _migration.UNDO[connection.vendor]:
            cursor.execute(statement)


def create() -> None:
    """Create the triggers as the migration does."""
    with connection.cursor() as cursor:
        for statement in _migration.DO[connection.vendor]:
            cursor.execute(statement)
