"""What a release is made of, as plain values: the one data model that authority and operator share.

`State` is the canonical content of a release. `kernel.wire` turns it into canonical bytes and back,
`kernel.engine` decides by it, the authority's publication compiles it, the operator's store holds it.
Nothing here knows of files, signatures or databases.

Entry keys are 64 bits: the first eight bytes, big-endian, of AES-128 over the block of the identifier
(`ids.block`), under the key of this operator and session. Zero is never a key (publication refuses a
key that comes out as zero), so that it may stand for "no terminal".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.intervals import Interval
from groundpass.kernel.core.verdicts import UNLISTED, Action, Verdict, WhenUncertain

DAY: Final = 86_400  # seconds
MAX_PROFILES: Final = 2**16 - 1  # width of the profile column
MAX_TERRITORIES: Final = 2**16 - 1  # width of the territory column of verdicts; 0 says none


@dataclass(frozen=True, slots=True)
class Timers:
    """How old a release may grow before who does what. Seconds, counted from `issued`."""

    refresh: int = 60
    alarm: int = 900
    hold: int = 14 * DAY

    def __post_init__(self) -> None:
        if not 0 < self.refresh <= self.alarm <= self.hold:
            raise BadInput(
                f"Timers refresh={self.refresh} alarm={self.alarm} hold={self.hold} are out of order",
                todo="Give 0 < refresh <= alarm <= hold, in seconds",
            )


@dataclass(frozen=True, slots=True)
class Territory:
    """A governed area at one version.

    `wkb`: a MultiPolygon or Polygon, WGS84 lon/lat degrees, already split at the antimeridian.
    `country`: ISO 3166 alpha-2 code of which this territory is the whole, or "" (then a country code alone
    never places a terminal in it).
    """

    id: str
    name: str
    wkb: bytes
    effective: Interval = field(default_factory=Interval)
    precedence: int = 0
    when_uncertain: WhenUncertain = WhenUncertain.OUTSIDE
    settle: int = 1
    country: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a profile may do in a territory, dated.

    At most one rule of a (territory, profile) pair is in force at a time. Where none is, nothing is denied:
    a rule must say so to deny.
    `permitted`: ids of the territories in which the profile may be used; None is everywhere.
    `speed_cap` in km/h, None is no cap; `sustained` and `release` in s; `grace` in s.
    """

    territory: str
    profile: str
    action: Action
    effective: Interval = field(default_factory=Interval)
    speed_cap: float | None = None
    sustained: int = 120
    release: int = 60
    permitted: tuple[str, ...] | None = None
    grace: int = 14 * DAY


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The listed terminals as columns, sorted by key, keys distinct.

    key: uint64[n] · profile: uint16[n], an index into `State.profiles`, never 0
    valid_from, valid_until: int64[n], UTC seconds, `[from, until)`.
    """

    key: npt.NDArray[np.uint64]
    profile: npt.NDArray[np.uint16]
    valid_from: npt.NDArray[np.int64]
    valid_until: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        lengths = {len(self.key), len(self.profile), len(self.valid_from), len(self.valid_until)}
        if len(lengths) != 1:
            raise BadInput(f"Entry columns differ in length: {sorted(lengths)}")
        kinds = [self.key.dtype, self.profile.dtype, self.valid_from.dtype, self.valid_until.dtype]
        if kinds != [np.uint64, np.uint16, np.int64, np.int64]:
            raise BadInput(f"Entry columns are {kinds}", todo="Give uint64, uint16, int64, int64")
        if len(self.key) and (self.key[0] == 0 or not bool(np.all(self.key[1:] > self.key[:-1]))):
            raise BadInput("Entry keys are not sorted, distinct and above zero")
        if len(self.key) and not bool(np.all(self.valid_from < self.valid_until)):
            raise BadInput("An entry is valid until a time that is not after its start")

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def empty(cls) -> Entries:
        """No entries at all."""
        return cls(
            np.empty(0, np.uint64), np.empty(0, np.uint16), np.empty(0, np.int64), np.empty(0, np.int64)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The emergency block list: its own serial, entries that expire by themselves.

    key: uint64[n], sorted, distinct · until: int64[n], UTC seconds, the first one it no longer holds.
    """

    serial: int
    key: npt.NDArray[np.uint64]
    until: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        if len(self.key) != len(self.until):
            raise BadInput("The columns of the block list differ in length")
        if len(self.key) > 1 and not bool(np.all(self.key[1:] > self.key[:-1])):
            raise BadInput("The keys of the block list are not sorted and distinct")

    @classmethod
    def none(cls) -> Blocks:
        """No block list was ever received: serial 0."""
        return cls(0, np.empty(0, np.uint64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The content of one release.

    feed: the authority's and operator's name for this feed · session: hex id, new when history is cut
    serial: counts up by one a release · issued: UTC seconds · scheme: the reports' id scheme (`ids.schemes`)
    profiles: names, index 0 is "unlisted" · territories, rules: in canonical order (by id; by territory,
    profile, start) · unlocated_listed, unlocated_others: `when_unlocated` · after_hold_others: the verdict
    for unlisted terminals past `hold`, None is "as the territory says".
    """

    feed: str
    session: str
    serial: int
    issued: int
    scheme: str
    profiles: tuple[str, ...]
    entries: Entries
    territories: tuple[Territory, ...]
    rules: tuple[Rule, ...]
    timers: Timers = field(default_factory=Timers)
    unlocated_listed: Verdict = Verdict.ALLOW
    unlocated_others: Verdict = Verdict.UNGOVERNED
    after_hold_others: Verdict | None = None

    def __post_init__(self) -> None:
        if not self.profiles or self.profiles[0] != UNLISTED:
            raise BadInput(f"The first profile of a release is {UNLISTED!r}")
        if len(self.profiles) > MAX_PROFILES or len(set(self.profiles)) != len(self.profiles):
            raise BadInput(f"Profiles are not distinct or more than {MAX_PROFILES}")
        if len(self.territories) > MAX_TERRITORIES:
            raise BadInput(f"A release has {len(self.territories)} territories, more than {MAX_TERRITORIES}")
        if len(self.entries) and not (
            1 <= int(self.entries.profile.min()) <= int(self.entries.profile.max()) < len(self.profiles)
        ):
            raise BadInput("An entry names a profile that the release does not have")
        _check_rules(self)


def _check_rules(state: State) -> None:
    """Every rule names what exists, and no two of one pair are in force together."""
    ids = {territory.id for territory in state.territories}
    if len(ids) != len(state.territories):
        raise BadInput("Two territories of a release have the same id")
    seen: dict[tuple[str, str], list[Rule]] = {}
    for rule in state.rules:
        unknown = ({rule.territory} | set(rule.permitted or ())) - ids
        if unknown:
            raise BadInput(
                f"A rule for {rule.profile!r} names territories that do not exist: {sorted(unknown)}"
            )
        if rule.profile not in state.profiles:
            raise BadInput(
                f"A rule in {rule.territory!r} names the profile {rule.profile!r}, which does not exist"
            )
        others = seen.setdefault((rule.territory, rule.profile), [])
        if any(rule.effective.overlaps(other.effective) for other in others):
            raise BadInput(
                f"Two rules for {rule.profile!r} in {rule.territory!r} are in force at the same time",
                todo="End the first where the second starts",
            )
        others.append(rule)
