"""Which terminals were seen of late, and where: what the brake counts the unlisted by. No positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """One row for each key and each territory that it was seen in.

    key: uint64[n] · territory: uint16[n], an index into `territories`; `territories[0]` is "", outside of all
    known: whether there is enough telemetry to say that who is not here was not active.
    """

    key: npt.NDArray[np.uint64]
    territory: npt.NDArray[np.uint16]
    territories: tuple[str, ...]
    known: bool

    def __post_init__(self) -> None:
        if len(self.key) != len(self.territory) or not self.territories or self.territories[0]:
            raise BadInput("The columns of an activity do not fit each other")
        if len(self.territory) and int(self.territory.max()) >= len(self.territories):
            raise BadInput("An activity names a territory that it does not have")

    @classmethod
    def unknown(cls) -> Activity:
        """Nobody told us anything."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint16), ("",), known=False)
