"""The register of satellite terminals, the signed feed that carries it, and the verdict at the operator.

What others may import from here is stable: see each name's docstring. A name brings its part of the program
with it only when it is asked for, so that `import groundpass` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from groundpass.kernel.engine.episodes import Tracks
    from groundpass.kernel.territory.governing import Locator
    from groundpass.operator.api import Release

__all__ = ["Locator", "Release", "Tracks"]

_HOMES: Final = {
    "Locator": "groundpass.kernel.territory.governing",
    "Release": "groundpass.operator.api",
    "Tracks": "groundpass.kernel.engine.episodes",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
