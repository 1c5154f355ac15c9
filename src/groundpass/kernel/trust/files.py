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
        flush_folder(path.parent)
    except OSError as error:
        raise CannotRun(f"{path} could not be written", why=str(error)) from error


def read_whole(path: Path, *, limit: int) -> bytes:
    """Read a file of at most `limit` bytes. Raises CannotRun when it is not there, or is longer."""
    return _read(path, limit)[0]


def read_private(path: Path, *, limit: int) -> bytes:
    """Read a file that holds a secret. Raises CannotRun as well when others than its owner may read it."""
    data, mode = _read(path, limit)
    if os.name == "posix" and mode & 0o077:
        raise CannotRun(f"The private key {path} may be read by others", todo=f"Run chmod 600 {path}")
    return data


def flush_folder(folder: Path) -> None:
    """Flush the entries of a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path, limit: int) -> tuple[bytes, int]:
    """Give the bytes of a file and its permissions, of one and the same opening."""
    try:
        with path.open("rb") as file:
            data, mode = file.read(limit + 1), os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise CannotRun(f"{path} could not be read", why=str(error)) from error
    if len(data) > limit:
        raise CannotRun(f"{path} is longer than {limit} bytes")
    return data, mode
