"""What every test stands on: a home of its own, a database, the cast.

Databases. `pytest` runs everything on SQLite, in a file, with the settings of production (WAL, IMMEDIATE).
Tests marked `postgres` are those whose truth depends on the database: constraints, triggers, locks, the
journey. `pytest -m postgres --database postgresql` runs them on PostgreSQL: on the server of `DATABASE_URL`
where that is set, else on a private one that `support.postgres` starts and stops. Without a server the run
ends at once with what is missing; nothing is skipped silently. The header says which database it was.

Settings are named here and not in pyproject.toml: pytest-django would load them before this file is read, and
`GROUNDPASS_HOME` must be a temporary folder before that. Each xdist worker has its own.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_socket
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from support.cast import Cast
    from support.postgres import Server

sys.path.insert(0, str(Path(__file__).parent))  # so that tests say `from support.ids import invent_utids`

HOME = Path(tempfile.mkdtemp(prefix="groundpass-tests-"))
os.environ["GROUNDPASS_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "groundpass.config.settings"

# No deadline: two workers on a busy machine are slow without anything being wrong.
hypothesis_settings.register_profile("house", deadline=None, print_blob=True)
hypothesis_settings.load_profile("house")

SERVER: pytest.StashKey[Server] = pytest.StashKey()
LIFTED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default=None, help="see tests/conftest.py"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the server where one is asked for, then load the settings; workers inherit its URL."""
    if config.getoption("--database") == "postgresql" and not os.environ.get("DATABASE_URL"):
        from support.postgres import start

        config.stash[SERVER] = start()
        os.environ["DATABASE_URL"] = config.stash[SERVER].url
    from django.conf import settings

    settings.GROUNDPASS_HOME = HOME
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # fast; passwords are invented
    asked = config.getoption("--database")
    engine = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    if asked and engine != {"sqlite": "sqlite3"}.get(asked, asked):
        raise pytest.UsageError(f"--database {asked}, and DATABASE_URL is {engine}: unset one of them")


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server:
        server.stop()
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database runs; whether it is a private server."""
    from django.db import connection

    if connection.vendor == "sqlite":
        import sqlite3

        return f"database: SQLite {sqlite3.sqlite_version}"
    server = config.stash.get(SERVER, None)
    return f"database: PostgreSQL ({server.version if server else 'the server of DATABASE_URL'})"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """No network but loopback; the triggers stand that a flush before this test had to pass."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    if item.config.stash.get(LIFTED, False):
        from support import triggers

        with item.config.stash[blocking_manager_key].unblock():
            triggers.create()
        item.config.stash[LIFTED] = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Let the flush that ends a transactional test pass the triggers that make events append-only."""
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    if asked or (marker and marker.kwargs.get("transaction")):
        from support import triggers

        with contextlib.suppress(RuntimeError):  # "Database access not allowed": the test never reached it
            triggers.drop()
            item.config.stash[LIFTED] = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Put SQLite's test database into a file: in memory, threads would not lock each other as for real."""
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(HOME / "test.sqlite3")


@pytest.fixture
def home(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `GROUNDPASS_HOME` for this test alone."""
    path = tmp_path / "home"
    path.mkdir(mode=0o700)
    settings.GROUNDPASS_HOME = path
    monkeypatch.setenv("GROUNDPASS_HOME", str(path))
    return path


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of every story: see `support.cast`."""
    from support.cast import assemble

    return assemble()


@pytest.fixture
def country(cast: Cast) -> Cast:
    """The cast, and the country's classes loaded: a register that can work."""
    from groundpass.authority.register.api import load_classes
    from support.times import NOW

    load_classes(actor=cast.officer, now=NOW)
    return cast
