"""Where the register and its keys lie: `GROUNDPASS_HOME`, or the platform's folder for data."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder; it may not exist yet."""
    chosen = os.environ.get("GROUNDPASS_HOME")
    return Path(chosen).expanduser().absolute() if chosen else platformdirs.user_data_path("groundpass")
