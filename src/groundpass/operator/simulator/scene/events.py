"""Jamming and spoofing: for a while, receivers around a place say what is not so.

An event is written `KIND@LAT,LON[,name=value…]`:

| kind | mode | what receivers there say |
|---|---|---|
| spoof | airfield | that they stand on an airfield `away` km off; after `rest` minutes, that they circle |
| spoof | smooth | parked ones only, from where each stands: that they fly one way at `kmh`, and back |
| jam | silent | no position at all |
| jam | frozen | the last position, to the last digit |

| name | what | default |
|---|---|---|
| mode | as above | airfield, silent |
| km | radius around the place | 15 |
| after, minutes | when it begins after the start of the window, how long it lasts | 90, 20 |
| most | how many terminals are taken in at the most | all |
| kmh | of a fake flight | 300, smooth 130 |
| away, rest | of an airfield: km to the east, minutes | 40, 3 |
| drones | how many wings fly over the place meanwhile | 0 |

Spoofing takes in what stands or drives on the ground when it begins; drones are not misled. Jamming takes in
everything, while it is inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.territory.antimeridian import HALF_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundpass.operator.simulator.plan import Town

MINUTE: Final = 60.0
MODES: Final = {"spoof": ("airfield", "smooth"), "jam": ("silent", "frozen")}
SMOOTH: Final = "smooth"
SMOOTH_KMH: Final = 130.0
FURTHEST_LAT: Final = 80.0  # nobody lives nearer to a pole
NUMBERS: Final = ("km", "after", "minutes", "most", "kmh", "away", "rest", "drones")
ABOVE_ZERO: Final = frozenset({"km", "minutes", "kmh"})
HELP: Final = "Write for example spoof@50.45,30.52,mode=airfield,after=90,minutes=20"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `lat`, `lon`: degrees; `mode` "": the usual one; the others as the table at the head says.

    Raises BadInput that names what does not fit.
    """

    kind: str
    lat: float
    lon: float
    mode: str = ""
    km: float = 15.0
    after: float = 90.0
    minutes: float = 20.0
    most: float = float("inf")
    kmh: float = 300.0
    away: float = 40.0
    rest: float = 3.0
    drones: float = 0.0

    def __post_init__(self) -> None:
        modes = MODES.get(self.kind)
        if modes is None:
            raise BadInput(f"No event is called {self.kind!r}", todo=f"Choose among {', '.join(MODES)}")
        object.__setattr__(self, "mode", self.mode or modes[0])
        if self.mode not in modes:
            raise BadInput(
                f"A {self.kind} has no mode {self.mode!r}", todo=f"Choose among {', '.join(modes)}"
            )
        if not (abs(self.lat) <= FURTHEST_LAT and abs(self.lon) <= HALF_TURN):
            raise BadInput(f"{self.lat},{self.lon} is no place for an event", todo=HELP)
        for name in NUMBERS:
            value = getattr(self, name)
            if not (0 < value < float("inf") if name in ABOVE_ZERO else value >= 0):
                raise BadInput(f"An event cannot have {name}={value:g}", todo=HELP)

    @classmethod
    def of(cls, text: str) -> Self:
        """Read one as it is written. Raises BadInput that names what does not read."""
        kind, _, rest = text.strip().partition("@")
        cells = [cell.strip() for cell in rest.split(",")]
        named = dict(cell.partition("=")[::2] for cell in cells[2:])
        mode = named.pop("mode", "")
        unknown = sorted(set(named) - set(NUMBERS))
        if unknown:
            raise BadInput(f"The event {text!r} has the unknown {unknown[0]!r}", todo=HELP)
        try:
            lat, lon = (float(cell) for cell in cells[:2])
            numbers = {name: float(value) for name, value in named.items()}
        except ValueError as error:
            raise BadInput(f"The event {text!r} does not read", why=str(error), todo=HELP) from error
        usual = {"kmh": SMOOTH_KMH} if mode == SMOOTH else {}
        return cls(kind, lat, lon, mode, **usual | numbers)

    @property
    def span(self) -> tuple[float, float]:
        """From when until when, s from the start of the window."""
        return self.after * MINUTE, (self.after + self.minutes) * MINUTE


def usual_events(towns: Sequence[Town], seconds: float, wings: int) -> list[Event]:
    """One of each kind over the largest towns, in so far as they fit into the window.

    Args:
        towns: (lat, lon, weight).
        seconds: length of the window.
        wings: how many there are; some of them fly over what is spoofed.
    """
    largest = sorted(towns, key=lambda town: -town[2])
    over = float(min(5, wings // 4))
    asked = [("jam", "silent", 30.0, 0.0), ("spoof", "airfield", 90.0, over), ("spoof", SMOOTH, 150.0, over)]
    asked.append(("jam", "frozen", 210.0, 0.0))
    events = [
        Event(kind, town[0], town[1], mode, after=after, drones=drones,
              kmh=SMOOTH_KMH if mode == SMOOTH else 300.0, most=50.0 if mode == SMOOTH else float("inf"))
        for (kind, mode, after, drones), town in zip(asked, largest, strict=False)
    ]  # fmt: skip
    return [event for event in events if event.span[1] <= seconds]
