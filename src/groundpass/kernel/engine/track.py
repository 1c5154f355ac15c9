"""The track of one terminal, in plain Python: when it is too fast, and when its positions are no evidence.

The rules, in the order in which a fix meets them (docs/explain/decision.md, "The track"):

1. A time not later than the last one is counted (duplicate or out of order) and ignored.
2. A fix without a place, or less certain than `coarse`, moves nothing: such a place is wider than a speed. A
   cell is a place as uncertain as the cell is wide, and one of resolution 6 or coarser is none.
3. A run of legs belongs to one cap: under another rule it starts anew, and so does "too fast".
4. A fix less than `thin` after the last accepted one is skipped, and nothing is interpolated.
5. A leg joins the last accepted fix and this one; its speed is the lower bound
   max(0, distance - u1 - u2) / dt. A speed that the terminal reports counts only where the leg allows it.
6. Above `platform` it is a jump: the new place is unconfirmed until `confirm_fixes` fixes, each reachable
   from the one before, span `confirm`; meanwhile the track keeps its state. A fix that the accepted place can
   reach ends the doubt. What is confirmed starts a run of its own. A jump from a place that was frozen to the
   last digit is a spoof's: the track is under suspicion from then on.
7. Under suspicion of spoofing no fix is evidence, until two fixes in a row lie at the former place, or
   `confirm_fixes` rest at a new one, or as many move on from a place outside the event's area after its end.
   Inside the area rest counts from `lull` after the end: that may be where the spoofer puts everybody down.
8. A leg longer than `gap` ends the run and gives no speed.
9. Too fast: an unbroken run of at least two legs, each at or above the cap, that spans `sustained`. It stays
   until legs all below the cap span `release`.

What is not here: who shares a jump or a velocity with whom; `sharing.py` finds that and marks the fixes.
A lone smooth spoof cannot be told from flight by positions alone.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyproj
from h3.api import basic_int

from groundpass.kernel.core.intervals import NS
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.territory.shapes import MAX_RADIUS

if TYPE_CHECKING:
    from groundpass.kernel.core.state import Rule
    from groundpass.kernel.engine.reports import Report

KMH: Final = 1 / 3.6  # m/s
WIDEST: Final = (
    1_000_000.0  # m: beyond it a report does not say where the terminal is, as in `territory/shapes.py`
)
FINE_CELL: Final = 7  # the coarsest H3 resolution whose cells are places
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Limits:
    """The constants of the track: rule data, these are the defaults. s, m and m/s."""

    thin: float = 10.0
    gap: float = 300.0
    platform: float = 1500 * KMH
    confirm: float = 30.0
    confirm_fixes: int = 3
    coarse: float = 5000.0
    back: float = 50.0  # around the former place, besides the uncertainties
    moving: float = 20 * KMH  # below it a terminal is stationary
    stationary: float = 3600.0  # for how long, before a start counts as one
    frozen_fixes: int = 3  # identical to the last digit
    lull: float = 600.0  # after an event, until rest in its area is believed
    vector: float = 45.0  # after the first leg from rest, over which its vector is measured


class Event(enum.IntEnum):
    """What a fix did besides moving the track on."""

    NONE = 0
    DUPLICATE = 1
    OUT_OF_ORDER = 2
    JUMP = 3
    FROZEN_JUMP = 4
    START = 5
    RETURN = 6
    CONFIRMED = 7
    VECTOR = 8


@dataclass(frozen=True, slots=True)
class Fix:
    """A place at a time. UTC ns, degrees or NaN, radius in m (0 where none is reported), m/s or NaN."""

    time_ns: int
    lat: float
    lon: float
    uncertainty: float = 0.0
    speed: float = math.nan

    @classmethod
    def of(cls, report: Report) -> Fix:
        """The fix of a report: its point, else the middle of its cell; without a place if it has neither."""
        radius = 0.0 if math.isnan(report.uncertainty_m) else report.uncertainty_m
        if not on_earth(report.lat, report.lon) or not 0 <= radius <= MAX_RADIUS:
            return cls(report.time_ns, *cell_place(report.cell), speed=report.speed_mps)
        return cls(report.time_ns, report.lat, report.lon, radius, report.speed_mps)


@dataclass(frozen=True, slots=True)
class Mark:
    """A shared event that a fix is part of: until when, and around which place (None: everywhere)."""

    end_ns: int
    area: tuple[float, float] | None = None
    radius: float = 15_000.0


@dataclass(slots=True)
class Doubt:
    """A place that is not confirmed: its first and last fix, how many, and whether they rest."""

    first: Fix
    last: Fix
    count: int = 1


@dataclass(slots=True)
class Track:
    """One terminal's movement. `step` takes its fixes in the order of their times."""

    limits: Limits = field(default_factory=Limits)
    last_ns: int | None = None
    fix: Fix | None = None
    rule: tuple[float, float, float] | None = None
    legs: int = 0
    span: float = 0.0
    fast: bool = False
    doubt: Doubt | None = None
    mark: Mark | None = None
    back: int = 0
    still_since_ns: int = 0
    same: int = 0
    start: Fix | None = None
    velocity: tuple[float, float] = (0.0, 0.0)

    def too_fast(self, rule: Rule) -> bool:
        """Whether the track is too fast for the rule's cap: under another cap it may have been."""
        return self.fast and self.rule == law_of(rule)

    def step(self, fix: Fix, rule: Rule | None, mark: Mark | None = None) -> Event:
        """Take a fix; `mark` says that it is part of a shared event."""
        if self.last_ns is not None and fix.time_ns <= self.last_ns:
            return Event.DUPLICATE if fix.time_ns == self.last_ns else Event.OUT_OF_ORDER
        self.last_ns = fix.time_ns
        if not on_earth(fix.lat, fix.lon) or fix.uncertainty > self.limits.coarse:
            return Event.NONE
        return self._take(fix, rule, mark)

    def _take(self, fix: Fix, rule: Rule | None, mark: Mark | None) -> Event:
        """A fix in time and with a place."""
        self._obey(rule)
        if mark is not None:
            self.mark, self.back, self.doubt, self.start = mark, 0, None, None
        if self.fix is None:
            self._accept(fix)
            self.still_since_ns = fix.time_ns
            return Event.NONE
        dt = (fix.time_ns - self.fix.time_ns) / NS
        if dt < self.limits.thin:
            return Event.NONE
        distance, slack = apart(self.fix, fix)
        if self.mark is not None:
            return self._suspect(fix, distance, slack)
        if max(0.0, distance - slack) / dt > self.limits.platform:
            return self._jump(fix)
        returned = Event.RETURN if self.doubt else Event.NONE
        if self.doubt:
            self.same = 0  # what jumps to and fro is not frozen
        self.doubt = None
        started = self._leg(fix, distance, slack, dt)
        if returned:
            self.start = None
        return returned or started

    def _obey(self, rule: Rule | None) -> None:
        """A run belongs to one cap."""
        capped = law_of(rule)
        if capped != self.rule:
            self.rule, self.legs, self.span, self.fast = capped, 0, 0.0, False

    def _accept(self, fix: Fix) -> None:
        """The last accepted fix, from here on."""
        alike = self.fix is not None and (fix.lat, fix.lon) == (self.fix.lat, self.fix.lon)
        self.same = self.same + 1 if alike else 1
        self.fix = fix

    def _anew(self, fix: Fix, event: Event) -> Event:
        """The track goes on from here; nothing joins it to what was before."""
        self.legs, self.span, self.doubt, self.mark, self.start = 0, 0.0, None, None, None
        self.still_since_ns = fix.time_ns
        self._accept(fix)
        return event

    def _confirm(self, fix: Fix) -> bool:
        """Count a fix toward a new place; whether it is confirmed now."""
        if self.doubt and reachable(self.doubt.last, fix, self.limits.platform):
            self.doubt = replace(self.doubt, last=fix, count=self.doubt.count + 1)
        else:
            self.doubt = Doubt(fix, fix)
        spanned = (fix.time_ns - self.doubt.first.time_ns) / NS
        return self.doubt.count >= self.limits.confirm_fixes and spanned >= self.limits.confirm

    def _jump(self, fix: Fix) -> Event:
        """A fix that the accepted place cannot reach."""
        self.start = None
        fresh = self.doubt is None or not reachable(self.doubt.last, fix, self.limits.platform)
        if self._confirm(fix):
            return self._anew(fix, Event.CONFIRMED)
        if not fresh:
            return Event.NONE
        if self.same < self.limits.frozen_fixes:
            return Event.JUMP
        self.mark, self.back = Mark(fix.time_ns), 0
        return Event.FROZEN_JUMP

    def _suspect(self, fix: Fix, distance: float, slack: float) -> Event:
        """A fix under suspicion of spoofing."""
        if distance <= self.limits.back + slack:
            self.back += 1
            self.doubt = None
            return self._anew(fix, Event.RETURN) if self.back > 1 else Event.NONE
        self.back = 0
        if self.doubt and not self._goes_on(fix):
            self.doubt = None
        return self._anew(fix, Event.CONFIRMED) if self._confirm(fix) else Event.NONE

    def _goes_on(self, fix: Fix) -> bool:
        """Whether a fix carries on what began at the doubted place: at rest there, or moving elsewhere."""
        if self.doubt is None or self.mark is None:
            return False
        inside = self.mark.area is not None and any(
            apart(place, Fix(0, *self.mark.area))[0] <= self.mark.radius for place in (self.doubt.first, fix)
        )
        distance, slack = apart(self.doubt.first, fix)
        since = (self.doubt.first.time_ns - self.mark.end_ns) / NS
        if distance <= self.limits.back + slack:
            return not inside or since > self.limits.lull
        return not inside and since > 0

    def _leg(self, fix: Fix, distance: float, slack: float, dt: float) -> Event:
        """A leg from the last accepted fix to this one."""
        speed = max(0.0, distance - slack) / dt
        event = Event.NONE
        if dt > self.limits.gap:
            self.legs, self.span, self.start = 0, 0.0, None
        else:
            self._run(fix, speed, (distance + slack) / dt, dt)
            event = self._vector(fix)
            if speed >= self.limits.moving:
                if (fix.time_ns - self.still_since_ns) / NS >= self.limits.stationary:
                    event, self.start = Event.START, fix
                    self.velocity = velocity(self.fix, fix)
                self.still_since_ns = fix.time_ns
        self._accept(fix)
        return event

    def _vector(self, fix: Fix) -> Event:
        """The vector of a start, once the first leg, which is part rest, no longer counts."""
        if self.start is None or (fix.time_ns - self.start.time_ns) / NS < self.limits.vector:
            return Event.NONE
        self.velocity, self.start = velocity(self.start, fix), None
        return Event.VECTOR if math.hypot(*self.velocity) >= self.limits.moving else Event.NONE

    def _run(self, fix: Fix, lower: float, upper: float, dt: float) -> None:
        """Carry the run, or the release, on by a leg."""
        cap, sustained, release = self.rule or (math.inf, 0, 0)
        over = lower >= cap or fix.speed >= cap <= upper
        if self.fast:
            self.span = 0.0 if over else self.span + dt
            if not over and self.span >= release:
                self.fast, self.legs, self.span = False, 0, 0.0
            return
        self.legs, self.span = (self.legs + 1, self.span + dt) if over else (0, 0.0)
        if self.legs > 1 and self.span >= sustained:
            self.fast, self.span = True, 0.0


def law_of(rule: Rule | None) -> tuple[float, float, float] | None:
    """A rule's cap in m/s, and its two times in s; None where it has none."""
    if rule is None or rule.speed_cap is None:
        return None
    return rule.speed_cap * KMH, float(rule.sustained), float(rule.release)


def on_earth(lat: float, lon: float) -> bool:
    """Whether degrees are a place."""
    return abs(lat) <= POLE and abs(lon) <= HALF_TURN


@lru_cache(maxsize=65_536)
def cell_place(cell: int) -> tuple[float, float, float]:
    """The middle of a cell and the distance to its furthest corner, m; NaN for what makes no speed."""
    if not basic_int.is_valid_cell(cell) or basic_int.get_resolution(cell) < FINE_CELL:
        return math.nan, math.nan, 0.0
    lat, lon = basic_int.cell_to_latlng(cell)
    corners = basic_int.cell_to_boundary(cell)
    radius = max(_GEOD.line_length([lon, east], [lat, north]) for north, east in corners)
    return lat, lon, radius


def apart(one: Fix, two: Fix) -> tuple[float, float]:
    """Geodesic distance in m, and the sum of the uncertainties."""
    distance = _GEOD.line_length([one.lon, two.lon], [one.lat, two.lat])
    return distance, one.uncertainty + two.uncertainty


def reachable(one: Fix, two: Fix, platform: float) -> bool:
    """Whether some platform could have gone from the one to the other."""
    distance, slack = apart(one, two)
    return distance - slack <= platform * (two.time_ns - one.time_ns) / NS


def velocity(one: Fix | None, two: Fix) -> tuple[float, float]:
    """East and north, m/s."""
    if one is None:
        return 0.0, 0.0
    azimuth, _, distance = _GEOD.inv(one.lon, one.lat, two.lon, two.lat)
    speed = distance / ((two.time_ns - one.time_ns) / NS)
    return speed * math.sin(math.radians(azimuth)), speed * math.cos(math.radians(azimuth))
