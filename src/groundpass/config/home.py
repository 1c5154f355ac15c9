"""Where everything that the embedded default keeps lies: `GROUNDPASS_HOME`."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import platformdirs


def home() -> Path:
    """Give the folder, made if it is missing and readable by its owner alone."""
    chosen = os.environ.get("GROUNDPASS_HOME")
    path = Path(chosen).expanduser() if chosen else platformdirs.user_data_path("groundpass")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path.resolve()


def secret_file(path: Path, size: int = 32) -> str:
    """Read a hexadecimal secret from a file; make it, readable by its owner alone, where there is none.

    Two processes may start at once: the one that loses the race reads what the other wrote.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        text = secrets.token_hex(size)
        file.write(text + "\n")
    return text
