"""The tracks of an operator's terminals between two files of reports, as a file of their own.

It holds places of terminals: it is the operator's alone (mode 0600), and belongs beside the store. Its keys
are those of one session of the feed; after a new session every track begins anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import BadInput, CannotRun
from groundpass.kernel.engine.movement import Movement
from groundpass.kernel.trust.files import read_whole, write_whole

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES: Final = 2**33  # of a file: more than a hundred million terminals


def load_tracks(path: Path) -> Movement:
    """Read tracks; new ones where there is no file. Raises CannotRun when it does not read."""
    if not path.exists():
        return Movement()
    try:
        return Movement.from_bytes(read_whole(path, limit=MAX_BYTES))
    except BadInput as error:
        raise CannotRun(f"{path} does not read", why=error.what, todo="Give another file") from error


def save_tracks(path: Path, movement: Movement) -> None:
    """Write tracks, whole. Raises CannotRun."""
    write_whole(path, movement.to_bytes(), mode=0o600)
