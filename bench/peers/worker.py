"""One peer in a process of its own: loads the rows of a folder, then does what it is told, a line at a time.

    python worker.py MODULE FOLDER ROWS [name=value …]

In: `run`, `answer FILE`. Out: a JSON object for each, the first when it is ready. It ends with its input.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared import Peer

# One core for everybody; read by the libraries when they are imported.
for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"


def obey(peer: Peer, words: list[str]) -> dict[str, object]:
    """Do one thing."""
    if words[0] == "answer":
        import numpy as np

        np.savez(words[1], **peer.answer())
        return {"saved": words[1]}
    start = time.perf_counter()
    said = peer.run()
    return {"seconds": time.perf_counter() - start, **(said if isinstance(said, dict) else {})}


def main() -> None:
    """Serve until the input ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer

    def tell(said: dict[str, object]) -> None:
        print(json.dumps(said), file=out, flush=True)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    from shared import Absent, Rows

    module, folder, rows, *options = sys.argv[1:]
    try:
        peer = importlib.import_module(module).prepare(
            Rows(Path(folder), int(rows)), **dict(option.split("=", 1) for option in options)
        )
    except (Absent, ImportError) as reason:
        tell({"absent": str(reason)})
        return
    try:
        tell({"ready": True, "versions": peer.versions})
        for line in sys.stdin:
            tell(obey(peer, line.strip().split(maxsplit=1)))
    finally:
        peer.close()


if __name__ == "__main__":
    main()
