"""Cedar for one verdict at a time: policies parsed once, a request for each call.

It is spared the work of finding the territory and the entry: a request names both, and the territories that
contain the place. Each rule of the release is one policy.
"""

from __future__ import annotations

import importlib.metadata
import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import cedarpy
import numpy as np
from shared import ACTION_DENY

if TYPE_CHECKING:
    from shared import Rows

CALLS = 1000  # a run
EVERYWHERE = -1  # of `permitted`
BITS = 62  # of it


def policy(rule: dict[str, Any]) -> str:
    """One rule as policies: what it allows, and what it denies out of the area."""
    scope = (
        f'principal == Profile::"{rule["profile"]}", action == Action::"use", '
        f'resource == Territory::"{rule["territory"]}"'
    )
    dated = f"context.second >= {rule['start']} && context.second < {rule['until']}"
    if rule["action"] == ACTION_DENY:
        return f"forbid({scope}) when {{ {dated} }};\n"
    if rule["permitted"] != EVERYWHERE:
        permitted = [bit + 1 for bit in range(BITS) if rule["permitted"] >> bit & 1]
        dated += f" && context.inside.containsAny({permitted})"
    return f"permit({scope}) when {{ {dated} }};\n"


class Cedar:
    """Requests made ready; only the call is timed."""

    def __init__(self, rows: Rows) -> None:
        self.versions = {"cedarpy": importlib.metadata.version("cedarpy")}
        text = "".join(policy(rule) for rule in rows.table("rules").to_pylist())
        self._policies = cedarpy.PolicySet.from_str(text)
        self._entities = cedarpy.Entities.from_json_str("[]")
        self._requests = [
            {
                "principal": {"type": "Profile", "id": str(asked["profile"])},
                "action": {"type": "Action", "id": "use"},
                "resource": {"type": "Territory", "id": str(asked["territory"])},
                "context": {"second": asked["second"], "inside": asked["inside"]},
            }
            for asked in rows.table("asked").to_pylist()
        ]
        self._next = 0

    def run(self) -> dict[str, float]:
        """CALLS of them, one by one; `seconds` is the median of a call."""
        spent = []
        for _ in range(CALLS):
            request = self._requests[self._next % len(self._requests)]
            self._next += 1
            start = time.perf_counter()
            cedarpy.is_authorized(request, self._policies, self._entities)
            spent.append(time.perf_counter() - start)
        return {"seconds": median(spent), "p99": quantiles(spent, n=100)[-1]}

    def answer(self) -> dict[str, np.ndarray]:
        """Whether each request is allowed."""
        made = cedarpy.is_authorized_batch(self._requests, self._policies, self._entities)
        return {"allowed": np.array([answer.decision is cedarpy.Decision.Allow for answer in made])}

    def close(self) -> None:
        """Nothing was started."""


def prepare(rows: Rows) -> Cedar:
    """Parse the policies and the requests."""
    return Cedar(rows)
