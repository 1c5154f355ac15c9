"""The truth about a scene: a table with a row for each terminal and stretch of time.

| what | from when until when |
|---|---|
| there | the whole window: one row for each terminal, with where it is first |
| moving | it truly moves, at least and at most so fast (km/h over the ground, free of noise) |
| off | it reports nothing: switched off, hidden, or not yet or no more in use |
| spoofed | its position is a spoofer's |
| jammed | it has no position, or a frozen one |
| captured | it is in other hands |
| cloned | a second device reports under its identity |

`moving` carries speeds and not "too fast", so that one truth serves every cap. The two differ where the speed
swings within a stretch: what lies between them is neither surely fast nor surely slow.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

THERE, MOVING, OFF, SPOOFED, JAMMED, CAPTURED, CLONED = (
    "there", "moving", "off", "spoofed", "jammed", "captured", "cloned",
)  # fmt: skip
TRUTH: Final = pa.schema(
    [
        ("terminal", pa.string()),
        ("platform", pa.string()),
        ("usage_class", pa.string()),
        ("registered", pa.bool_()),
        ("entitled", pa.bool_()),
        ("what", pa.string()),
        ("start", pa.timestamp("ns", "UTC")),
        ("end", pa.timestamp("ns", "UTC")),
        ("least_kmh", pa.float64()),
        ("most_kmh", pa.float64()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
    ]
)
