"""One report under one release: everything that the steps of the decision ask about it.

Each property is one question, worked out from the release and the report alone; `reference.py` holds the
steps and the rules of reading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.core.state import DAY, Blocks, Rule, State, Territory
from groundpass.kernel.core.verdicts import UNLISTED, Reason, WhenUncertain
from groundpass.kernel.engine.reports import Report
from groundpass.kernel.territory import area, cell_shape, circle, from_wkb, is_cell, place_of
from groundpass.kernel.territory.antimeridian import HALF_TURN, POLE
from groundpass.kernel.territory.shapes import MAX_RADIUS, MIN_RADIUS

SKEW: Final = 300  # s that a report's clock may be ahead
GRACE: Final = 14 * DAY  # s, where no rule says otherwise


class Track(Protocol):
    """What is known of a terminal's movement up to its report."""

    @property
    def spoofed(self) -> bool:
        """Whether its positions are under suspicion of spoofing."""

    @property
    def cloned(self) -> bool:
        """Whether two terminals seem to bear its key."""

    def too_fast(self, rule: Rule) -> bool:
        """Whether the track is too fast for the rule's cap."""

    def settled(self, territory: Territory) -> bool:
        """Whether the terminal's reports have been inside often enough in a row to come under it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A listed terminal's row of the release; validity in UTC seconds."""

    profile: str
    valid_from: int
    valid_until: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Step 4: the profile that counts, the reason that goes with it, and whether grace was needed."""

    profile: str
    reason: Reason
    grace: bool = False


@dataclass(frozen=True)
class Case:
    """One report under one release, and what its steps ask of it; each answer is worked out once."""

    state: State
    report: Report
    now_ns: int
    blocks: Blocks = field(default_factory=Blocks.none)
    track: Track | None = None
    skew: int = SKEW

    # Time

    @property
    def timely(self) -> bool:
        """Whether the report's time can be used."""
        return NO_TIME < self.report.time_ns <= self.now_ns + self.skew * NS

    @property
    def moment(self) -> int:
        """The second at which validity, rules and territories are taken."""
        return (self.report.time_ns if self.timely else self.now_ns) // NS

    def past(self, age: int) -> bool:
        """Whether the release is that many seconds old."""
        return self.now_ns // NS >= self.state.issued + age

    @property
    def held(self) -> bool:
        """Whether the release is past its alarm."""
        return self.past(self.state.timers.alarm)

    # Place

    @cached_property
    def shape(self) -> shapely.Geometry | None:
        """The position as a geometry, where the report has a point or a cell that is one."""
        report = self.report
        if self.by_cell:
            return cell_shape(report.cell) if is_cell(report.cell) else None
        if report.uncertainty_m >= MIN_RADIUS:
            return circle(report.lon, report.lat, report.uncertainty_m)
        return place_of(report.lon, report.lat)

    @property
    def by_cell(self) -> bool:
        """Whether there is no point that can be used, so that only a cell can be the position."""
        lat, lon, radius = self.report.lat, self.report.lon, self.report.uncertainty_m
        on_earth = abs(lat) <= POLE and abs(lon) <= HALF_TURN
        return not on_earth or radius < 0 or radius > MAX_RADIUS

    @property
    def located(self) -> bool:
        """Whether the report has a position, or a country code that stands in for it."""
        return self.shape is not None or bool(self.report.country)

    @cached_property
    def containing(self) -> list[Territory]:
        """The territories that contain the position, effective or not, in the order of the release."""
        if self.shape is None:
            country = self.report.country
            return [
                territory for territory in self.state.territories if country and territory.country == country
            ]
        return [territory for territory in self.state.territories if contains(territory, self.shape)]

    @property
    def inside(self) -> list[Territory]:
        """The effective territories that contain the position."""
        return [territory for territory in self.containing if territory.effective.contains(self.moment)]

    @property
    def here(self) -> Territory | None:
        """The effective territory of highest precedence that contains the position."""
        return highest(self.inside)

    @property
    def governing(self) -> Territory | None:
        """The same, of those under which the terminal has come: with tracks, it settles first."""
        track = self.track
        return highest([place for place in self.inside if track is None or track.settled(place)])

    @cached_property
    def uncertain(self) -> bool:
        """Whether the position lies wholly within one governing territory, or none, cannot be said."""
        if self.shape is None:
            return self.governing is not None
        touched = [
            territory
            for territory in self.state.territories
            if territory.effective.contains(self.moment) and polygon(territory.wkb).intersects(self.shape)
        ]
        top = highest(touched)
        return top is not None and not covers(top, self.shape)

    # The terminal

    @cached_property
    def entry(self) -> Entry | None:
        """The entry that names the terminal."""
        entries = self.state.entries
        index = find(entries.key, self.report.key)
        if index is None:
            return None
        profile = self.state.profiles[int(entries.profile[index])]
        return Entry(profile, int(entries.valid_from[index]), int(entries.valid_until[index]))

    @cached_property
    def blocked_until(self) -> int | None:
        """When the unexpired block entry of the terminal ends, UTC seconds; None where there is none."""
        index = int(np.searchsorted(self.blocks.key, np.uint64(self.report.key)))
        if (
            not self.report.key
            or index == len(self.blocks.key)
            or int(self.blocks.key[index]) != self.report.key
        ):
            return None
        until = int(self.blocks.until[index])
        return until if self.now_ns // NS < until else None

    # The rule

    def rules_for(self, profile: str) -> list[Rule]:
        """All rules of the governing territory for a profile, whatever their dates."""
        where = self.governing.id if self.governing else ""
        return [rule for rule in self.state.rules if (rule.territory, rule.profile) == (where, profile)]

    def rule_for(self, profile: str) -> Rule | None:
        """The rule of the governing territory for a profile that is in force."""
        return next((rule for rule in self.rules_for(profile) if rule.effective.contains(self.moment)), None)

    @property
    def rule(self) -> Rule | None:
        """The rule in force for the profile of step 4."""
        return self.rule_for(self.choice.profile)

    @property
    def law(self) -> Rule | None:
        """The rule that the track is held against: none where `after_hold` speaks instead."""
        return None if self.abandoned else self.rule

    @property
    def grace(self) -> int:
        """Seconds for which the entry lives on past its end, by the rule of its profile."""
        rule = self.rule_for(self.entry.profile) if self.entry else None
        return rule.grace if rule else GRACE

    @cached_property
    def choice(self) -> Choice:
        """Step 4."""
        entry = self.entry
        if entry is None:
            return Choice(UNLISTED, Reason.UNLISTED)
        if self.moment < entry.valid_from:
            return Choice(UNLISTED, Reason.NOT_YET_VALID)
        if self.moment < entry.valid_until:
            return Choice(entry.profile, Reason.LISTED)
        if self.moment < entry.valid_until + self.grace or (self.held and self.valid_at_issue):
            return Choice(entry.profile, Reason.LISTED, grace=True)
        return Choice(UNLISTED, Reason.EXPIRED)

    @property
    def valid_at_issue(self) -> bool:
        """Whether the entry was valid when the release was issued."""
        return self.entry is not None and self.entry.valid_from <= self.state.issued < self.entry.valid_until

    @property
    def abandoned(self) -> bool:
        """Whether `after_hold` speaks for the terminal: the release is past hold, and it is not listed."""
        others = self.state.after_hold_others is not None and self.choice.profile == UNLISTED
        return others and self.past(self.state.timers.hold)


def find(keys: npt.NDArray[np.uint64], key: int) -> int | None:
    """The row of a key in a sorted column; None where it is not there, or is 0, which is no key."""
    index = int(np.searchsorted(keys, np.uint64(key)))
    return index if key and index < len(keys) and int(keys[index]) == key else None


@lru_cache(maxsize=1024)
def polygon(wkb: bytes) -> shapely.Geometry:
    """A territory's geometry."""
    return from_wkb(wkb)


def highest(territories: list[Territory]) -> Territory | None:
    """The territory of highest precedence, the first of several."""
    return max(territories, key=lambda territory: territory.precedence, default=None)


def covers(territory: Territory, shape: shapely.Geometry) -> bool:
    """Whether a position lies wholly in a territory; a point that stands for two or more, in any of them."""
    if not isinstance(shape, Polygon | MultiPolygon):
        return bool(polygon(territory.wkb).intersects(shape))
    return bool(polygon(territory.wkb).covers(shape))


def contains(territory: Territory, shape: shapely.Geometry) -> bool:
    """Whether a territory contains a position; where it straddles the edge, by `when_uncertain`."""
    outline = polygon(territory.wkb)
    if not outline.intersects(shape):
        return False
    if covers(territory, shape) or territory.when_uncertain is WhenUncertain.INSIDE:
        return True
    if territory.when_uncertain is WhenUncertain.OUTSIDE:
        return False
    return 2 * float(area(outline.intersection(shape))) > float(area(shape))
