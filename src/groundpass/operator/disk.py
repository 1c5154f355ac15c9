"""What `kernel.trust.files` has not: a lock that falls with its process."""

from __future__ import annotations

import contextlib
import fcntl
from typing import TYPE_CHECKING

from groundpass.kernel.core.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock file for the block; wait for it, or raise CannotRun when another process holds it."""
    with path.open("a+b") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError as error:
            raise CannotRun(
                f"Another process works on {path.parent}", todo="Wait until it ends, then run this again"
            ) from error
        yield
