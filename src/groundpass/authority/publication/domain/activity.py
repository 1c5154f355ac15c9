"""Which terminals were seen of late, and where: what the brake counts the unlisted by. No positions.

Where a terminal was is told twice: by the territory that governed it then, and by the shapes that it was
found in. By the second the brake can tell whom a territory would reach that nobody was governed by yet.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was seen.

    governing: id of the territory that governed it, "" none, "?" no position · within, tested: shapes (by
    `shape_id`) that it lay in, and that were tried.
    """

    governing: str
    within: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()

    @staticmethod
    def shape_id(wkb: bytes) -> str:
        """A short name for the exact polygon of a territory."""
        return hashlib.sha256(wkb).hexdigest()[:16]


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """One row for each key and each place that it was seen at.

    key: uint64[n] · place: uint32[n], an index into `places`
    known: whether there is enough telemetry to say that who is not here was not active.
    """

    key: npt.NDArray[np.uint64]
    place: npt.NDArray[np.uint32]
    places: tuple[Place, ...]
    known: bool

    def __post_init__(self) -> None:
        if len(self.key) != len(self.place):
            raise BadInput("The columns of an activity differ in length")
        if len(self.place) and int(self.place.max()) >= len(self.places):
            raise BadInput("An activity names a place that it does not have")

    @classmethod
    def unknown(cls) -> Activity:
        """Nobody told us anything."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint32), (), known=False)
