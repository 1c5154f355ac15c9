"""Peers as cases: each in a process of `.venv-bench`, with the rows in Arrow files, timing itself.

A peer that cannot start, takes too long or dies is absent, with its reason; the benches go on.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
PATIENCE = 240.0  # s that a peer may take to load, or for one run
PARTING = 30.0  # s to stop what it started


class Absent(Exception):
    """There is no such peer here; the text is the reason."""


@dataclass
class Worker:
    """A peer that runs."""

    process: subprocess.Popen[str]
    log: IO[str]
    versions: dict[str, str]

    def tell(self, line: str) -> dict[str, object]:
        """Say a line, give what it answers. Raises Absent when it does not."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Absent(self.last_words()) from error
        return self.heard()

    def heard(self) -> dict[str, object]:
        """What it says next. Raises Absent after PATIENCE."""
        assert self.process.stdout is not None
        watch = threading.Timer(PATIENCE, self.process.terminate)
        watch.start()
        line = self.process.stdout.readline()
        alive = watch.is_alive()
        watch.cancel()
        if not line:
            raise Absent(self.last_words() if alive else f"took longer than {PATIENCE:.0f} s")
        said: dict[str, object] = json.loads(line)
        if "absent" in said:
            raise Absent(str(said["absent"]))
        return said

    def seconds(self) -> float:
        """Run once."""
        return float(str(self.tell("run")["seconds"]))

    def answer(self) -> dict[str, np.ndarray]:
        """Run once, and fetch the answers."""
        self.tell("run")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "answer.npz"
            self.tell(f"answer {path}")
            with np.load(path) as made:
                return {name: made[name] for name in made.files}

    def last_words(self) -> str:
        """The last line that it wrote to its log."""
        self.log.flush()
        lines = Path(self.log.name).read_text("utf-8", errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it ended without a word"

    def stop(self) -> None:
        """End it; it stops what it started."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
            self.process.wait(PARTING)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


@contextmanager
def peer(module: str, folder: Path, rows: int, **options: object) -> Iterator[Worker]:
    """Start a peer on the rows of a folder, and end it. Raises Absent."""
    if not PYTHON.exists():
        raise Absent("there is no .venv-bench: `make bench` makes it where packages can be installed")
    words = [str(PYTHON), str(HERE / "peers" / "worker.py"), module, str(folder), str(rows)]
    words += [f"{name}={value}" for name, value in options.items()]
    with tempfile.NamedTemporaryFile("w+", prefix="groundpass-bench-", suffix=".log") as log:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=HERE
        )
        worker = Worker(process, log, {})
        try:
            worker.versions = dict(worker.heard()["versions"])
            yield worker
        finally:
            worker.stop()
