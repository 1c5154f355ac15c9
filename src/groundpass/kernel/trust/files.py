"""Files that are either the old or the new, whole, at any instant."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from groundpass.kernel.core.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write beside `path`, flush to the disk, rename over it, flush the folder; make the folder if need be.

    Raises CannotRun when the disk does not take it; `path` is then what it was.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _flush_folder(path.parent)
    except OSError as error:
        raise CannotRun(f"{path} could not be written", why=str(error)) from error


def read_whole(path: Path, *, limit: int) -> bytes:
    """Read a file of at most `limit` bytes. Raises CannotRun when it is not there, or is longer."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise CannotRun(f"{path} could not be read", why=str(error)) from error
    if len(data) > limit:
        raise CannotRun(f"{path} is longer than {limit} bytes")
    return data


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
