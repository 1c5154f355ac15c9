"""Write the golden files again: `python tests/golden/regenerate.py`.

A changed file means a changed format: give the format a new version, do not overwrite the old one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import samples  # noqa: E402 -- it lies beside this script, which is no package

from groundpass.kernel.wire import delta, notification, snapshot, state  # noqa: E402 -- after the path is set

if TYPE_CHECKING:
    from collections.abc import Callable

FILES: dict[str, Callable[[], bytes]] = {
    "state-1.bin": lambda: state.encode(samples.new_state()),
    "state-1.sha256": lambda: state.state_hash(samples.new_state()).encode() + b"\n",
    "snapshot-1.bin": lambda: snapshot.pack(samples.new_state()),
    "delta-1.bin": lambda: delta.pack(delta.diff(samples.old_state(), samples.new_state())),
    "notification-1.json": lambda: notification.encode(samples.notification()),
}


def main() -> None:
    """Write every file."""
    for name, make in FILES.items():
        (HERE / name).write_bytes(make())


if __name__ == "__main__":
    main()
