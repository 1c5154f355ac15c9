"""Starting the authority's part, on the first verb that needs it and never before.

A verb of the authority asks for `acting(username)` or `ready()` first: either the register answers, or a
sentence says what is missing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from groundpass.kernel.core.errors import CannotRun, Refused

if TYPE_CHECKING:
    from groundpass.authority.accounts.api import User


def start() -> None:
    """Load Django. Raises CannotRun where the authority's part is missing or its settings do not hold."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundpass.config.settings")
    try:
        import django
    except ImportError as error:
        raise CannotRun(
            "The authority's part of Groundpass is not installed",
            todo="Install it with pip install 'groundpass[authority]'",
        ) from error
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CannotRun("The settings do not hold", why=str(error)) from error


def ready() -> None:
    """Start, and see that the register is there and of this version. Raises CannotRun."""
    start()
    applied, waiting = migrations()
    if waiting and not applied:
        raise CannotRun(
            "There is no register here",
            why=f"the database ({_database()}) has no tables yet",
            todo="Run `groundpass demo` to see one at work, or `groundpass migrate` to make an empty one",
        )
    if waiting:
        raise CannotRun(
            f"The register is of an earlier version: {waiting} changes of its tables are waiting",
            todo="Run `groundpass migrate`",
        )


def acting(username: str | None) -> User:
    """The person who acts. Raises Refused where nobody is named, NotFound, CannotRun."""
    ready()
    if not username:
        raise Refused(
            "Nobody is named as the acting person",
            why="every act of the register is somebody's",
            todo="Add --as USER, or set GROUNDPASS_USER",
        )
    from groundpass.authority.accounts.api import find_user

    return find_user(username)


def migrations() -> tuple[int, int]:
    """How many changes of the tables were applied, and how many wait. Raises CannotRun: no database."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except DatabaseError as error:
        raise CannotRun(
            f"The database ({_database()}) does not answer",
            why=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
            todo="Start it, or set DATABASE_URL to the right one",
        ) from error
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return len(executor.loader.applied_migrations), len(waiting)


def _database() -> str:
    """The database as people know it, without its password."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    host = connection.settings_dict.get("HOST") or ""
    return f"{connection.vendor} {name}" + (f" at {host}" if host else "")
