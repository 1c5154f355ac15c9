"""The track of every terminal of a batch: the compiled twin of `engine/track.py`, where the rules stand.

1. Places are integers of 1e-7 degree (about a centimetre), uncertainties of a decimetre, rounded up.
2. Distances use the ellipsoid's own radii at the middle latitude, and Lambert's formula from 100 km or from 2
   degrees of longitude on: within 0.01 % of the geodesic, and 0.5 % over the last degree before the antipode.
3. A batch's rows of one terminal come in the order of their times; other terminals' rows may stand between.
4. A leg whose two coordinates together are below every speed that counts is not measured at all: nine of ten
   terminals are parked, and this is what makes them cheap.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from groundpass.kernel.compiled.geodesy import metres

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Shorts = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Rows = npt.NDArray[np.void]

# The hot state of a terminal: 40 bytes.
STATE: Final = np.dtype(
    [
        ("fix_ns", "i8"),  # of the last accepted fix
        ("last_ns", "i8"),  # of the last row
        ("lat", "i4"),
        ("lon", "i4"),
        ("span", "f4"),  # s: of the run, or, once too fast, of the release
        ("still", "u4"),  # UTC s since which it has been stationary
        ("rule", "u2"),
        ("unsure", "u2"),  # dm
        ("legs", "u1"),
        ("flags", "u1"),
        ("same", "u1"),  # fixes identical to the last digit
        ("spare", "u1"),
    ]
)
# What only a doubted terminal has: pages that nobody writes cost no memory.
DOUBT: Final = np.dtype(
    [
        ("first_ns", "i8"),
        ("near_ns", "i8"),
        ("end_ns", "i8"),  # of the shared event
        ("first_lat", "i4"),
        ("first_lon", "i4"),
        ("lat", "i4"),
        ("lon", "i4"),
        ("area_lat", "i4"),  # NOWHERE: the event has no area
        ("area_lon", "i4"),
        ("radius", "f4"),  # m
        ("unsure", "u2"),
        ("first_unsure", "u2"),
        ("count", "u2"),
        ("back", "u2"),
        ("spare", "u4"),
    ]
)
TOO_FAST: Final = 1
SEEN: Final = 2
SUSPECT: Final = 4
DOUBTED: Final = 8
PENDING: Final = 16  # it started from rest, and its vector is still to come
SHOWN: Final = TOO_FAST | SUSPECT
# The numbers of `track.Event`.
DUPLICATE, OUT_OF_ORDER, JUMP, FROZEN_JUMP, START, RETURN, CONFIRMED, VECTOR = 1, 2, 3, 4, 5, 6, 7, 8
NOWHERE: Final = -(2**31)  # a latitude that is not there
VAGUE: Final = 65535  # dm: an uncertainty that is no evidence
BOX: Final = 0.0111695  # m: the longest that 1e-7 degree can be
SECOND: Final = 1_000_000_000
FULL: Final = 250


@njit(cache=True)
def _anew(state: Rows, i: np.uint64, ns: np.int64, lat: np.int64, lon: np.int64, unsure: np.int64) -> None:
    """The track goes on from here; nothing joins it to what was before."""
    alike = state[i].lat == lat and state[i].lon == lon
    state[i].legs = 0
    state[i].span = 0.0
    state[i].flags &= ~(SUSPECT | DOUBTED | PENDING) & 255
    state[i].still = np.uint32(ns // SECOND)
    state[i].same = min(state[i].same + 1, FULL) if alike else 1
    state[i].fix_ns = ns
    state[i].lat = lat
    state[i].lon = lon
    state[i].unsure = unsure


@njit(cache=True)
def _confirm(
    state: Rows,
    doubt: Rows,
    i: np.uint64,
    ns: np.int64,
    lat: np.int64,
    lon: np.int64,
    unsure: np.int64,
    limits: Floats,
) -> tuple[bool, bool]:
    """Count a fix toward a new place; whether it is confirmed, and whether the doubt began with it."""
    d = doubt[i]
    near = False
    if state[i].flags & DOUBTED:
        distance, _, _ = metres(np.int64(d.lat), np.int64(d.lon), lat, lon)
        slack = (np.int64(d.unsure) + unsure) * 0.1
        near = distance - slack <= limits[2] * ((ns - d.near_ns) * 1e-9)
    if near:
        d.count = min(d.count + 1, 60000)
    else:
        d.first_ns = ns
        d.first_lat = lat
        d.first_lon = lon
        d.first_unsure = unsure
        d.count = 1
    d.near_ns = ns
    d.lat = lat
    d.lon = lon
    d.unsure = unsure
    state[i].flags = (state[i].flags | DOUBTED) & ~PENDING & 255
    sure = d.count >= limits[4] and (ns - d.first_ns) * 1e-9 >= limits[3]
    return sure, not near


@njit(cache=True)
def _goes_on(
    doubt: Rows, i: np.uint64, lat: np.int64, lon: np.int64, unsure: np.int64, limits: Floats
) -> bool:
    """Whether a fix carries on what began at the doubted place: at rest there, or moving, but elsewhere."""
    d = doubt[i]
    inside = False
    if d.area_lat != NOWHERE:
        area_lat = np.int64(d.area_lat)
        area_lon = np.int64(d.area_lon)
        one, _, _ = metres(area_lat, area_lon, np.int64(d.first_lat), np.int64(d.first_lon))
        two, _, _ = metres(area_lat, area_lon, lat, lon)
        inside = one <= d.radius or two <= d.radius
    distance, _, _ = metres(np.int64(d.first_lat), np.int64(d.first_lon), lat, lon)
    if distance <= limits[6] + (np.int64(d.first_unsure) + unsure) * 0.1:
        return not inside or (d.first_ns - d.end_ns) * 1e-9 > limits[10]
    return not inside and bool(d.first_ns > d.end_ns)


@njit(cache=True)
def _suspect(
    state: Rows,
    doubt: Rows,
    i: np.uint64,
    ns: np.int64,
    lat: np.int64,
    lon: np.int64,
    unsure: np.int64,
    distance: float,
    limits: Floats,
) -> int:
    """A fix under suspicion of spoofing."""
    if distance <= limits[6] + (np.int64(state[i].unsure) + unsure) * 0.1:
        doubt[i].back = min(doubt[i].back + 1, 2)
        state[i].flags &= ~DOUBTED & 255
        if doubt[i].back > 1:
            _anew(state, i, ns, lat, lon, unsure)
            return RETURN
        return 0
    doubt[i].back = 0
    if state[i].flags & DOUBTED and not _goes_on(doubt, i, lat, lon, unsure, limits):
        state[i].flags &= ~DOUBTED & 255
    sure, _ = _confirm(state, doubt, i, ns, lat, lon, unsure, limits)
    if sure:
        _anew(state, i, ns, lat, lon, unsure)
        return CONFIRMED
    return 0


@njit(cache=True, nogil=True)
def advance(
    index: npt.NDArray[np.uint32],
    ns: Ints,
    lat: Places,
    lon: Places,
    unsure: Shorts,
    speed: Singles,
    rule: Shorts,
    rules: Floats,
    limits: Floats,
    state: Rows,
    doubt: Rows,
    out: Bytes,
    event_row: Ints,
    event_kind: Bytes,
    event_xy: Floats,
    leg_ns: Ints,
    leg_speed: Floats,
) -> int:
    """Take the rows in order; returns the number of events.

    index: uint32[n] into state · ns: int64[n] · lat, lon: int32[n] in 1e-7 degree, NOWHERE missing · unsure:
    uint16[n] in dm · speed: float32[n] m/s or NaN · rule: uint16[n] into `rules`
    rules: float64[k, 3] cap in m/s (inf: none), sustained and release in s · limits: float64[12], the fields
    of `track.Limits` in their order
    out: uint8[n], TOO_FAST and SUSPECT after the row · events: row, kind, velocity (m/s) of a start
    leg_ns, leg_speed: of length n, or 0 where nobody asks: the beginning of the leg that ends with the row, 0
    where none does, and its speed in m/s, 0 where it was not measured.
    """
    events = 0
    thin = np.int64(limits[0] * 1e9)
    gap = np.int64(limits[1] * 1e9)
    platform = limits[2]
    moving = limits[7]
    wanted = len(leg_ns) > 0
    for row in range(len(index)):
        i = np.uint64(index[row])
        s = state[i]
        t = ns[row]
        flags = s.flags
        # Of a row that moves nothing, what was said under another cap is not said under its own.
        shown = SHOWN if rule[row] == s.rule else SUSPECT
        if (flags & SEEN) and t <= s.last_ns:
            out[row] = flags & shown
            event_row[events] = row
            event_kind[events] = DUPLICATE if t == s.last_ns else OUT_OF_ORDER
            events += 1
            continue
        s.last_ns = t
        here = np.int64(lat[row])
        there = np.int64(lon[row])
        vague = np.int64(unsure[row])
        if here == NOWHERE or vague == VAGUE:
            s.flags = flags | SEEN
            if not flags & SEEN:
                s.lat = NOWHERE
            out[row] = flags & shown
            continue
        law = rule[row]
        if law != s.rule:
            s.rule = law
            s.legs = 0
            s.span = 0.0
            flags &= ~TOO_FAST & 255
        if not (flags & SEEN) or s.lat == NOWHERE:
            s.flags = SEEN
            s.fix_ns = t
            s.lat = here
            s.lon = there
            s.unsure = vague
            s.same = 1
            s.still = np.uint32(t // SECOND)
            out[row] = 0
            continue
        dt = t - s.fix_ns
        if dt < thin:
            s.flags = flags
            out[row] = flags & SHOWN
            continue
        seconds = dt * 1e-9
        cap = rules[law, 0]
        box = (abs(here - np.int64(s.lat)) + abs(there - np.int64(s.lon))) * BOX
        parked = box < moving * seconds and box < cap * seconds and not speed[row] >= cap
        distance: float = box
        east = 0.0
        north = 0.0
        if not parked or flags & (SUSPECT | DOUBTED):
            distance, east, north = metres(np.int64(s.lat), np.int64(s.lon), here, there)
        slack = (np.int64(s.unsure) + vague) * 0.1
        kind = 0
        if flags & SUSPECT:
            s.flags = flags
            kind = _suspect(state, doubt, i, t, here, there, vague, distance, limits)
        elif distance - slack > platform * seconds:
            frozen = s.same >= limits[9]
            s.flags = flags
            sure, fresh = _confirm(state, doubt, i, t, here, there, vague, limits)
            if sure:
                _anew(state, i, t, here, there, vague)
                kind = CONFIRMED
            elif fresh:
                kind = JUMP
                if frozen:
                    kind = FROZEN_JUMP
                    s.flags |= SUSPECT
                    doubt[i].end_ns = t
                    doubt[i].area_lat = NOWHERE
                    doubt[i].back = 0
        else:
            if flags & DOUBTED:
                flags &= ~DOUBTED & 255
                s.same = 0
                kind = RETURN
            lower = 0.0 if parked else max(0.0, distance - slack) / seconds
            if dt > gap:
                s.legs = 0
                s.span = 0.0
                flags &= ~PENDING & 255
            else:
                over = (not parked) and (
                    lower >= cap or (speed[row] >= cap and distance + slack >= cap * seconds)
                )
                if wanted:
                    leg_ns[row] = s.fix_ns
                    leg_speed[row] = lower
                if flags & TOO_FAST:
                    s.span = 0.0 if over else s.span + seconds
                    if not over and s.span >= rules[law, 2]:
                        flags &= ~TOO_FAST & 255
                        s.legs = 0
                        s.span = 0.0
                elif over:
                    s.legs = min(s.legs + 1, FULL)
                    s.span += seconds
                    if s.legs > 1 and s.span >= rules[law, 1]:
                        flags |= TOO_FAST
                        s.span = 0.0
                else:
                    s.legs = 0
                    s.span = 0.0
                if flags & PENDING and (t - doubt[i].first_ns) * 1e-9 >= limits[11]:
                    flags &= ~PENDING & 255
                    before = doubt[i]
                    _, east_by, north_by = metres(
                        np.int64(before.first_lat), np.int64(before.first_lon), here, there
                    )
                    lasting = (t - before.first_ns) * 1e-9
                    if kind == 0 and math.hypot(east_by, north_by) >= moving * lasting:
                        kind = VECTOR
                        event_xy[events, 0] = east_by / lasting
                        event_xy[events, 1] = north_by / lasting
                if lower >= moving:
                    since = t // SECOND - np.int64(s.still)
                    if since >= limits[8] and kind == 0:
                        kind = START
                        event_xy[events, 0] = east / seconds
                        event_xy[events, 1] = north / seconds
                        flags |= PENDING
                        doubt[i].first_ns = t
                        doubt[i].first_lat = here
                        doubt[i].first_lon = there
                    s.still = np.uint32(t // SECOND)
            s.same = min(s.same + 1, FULL) if box == 0.0 else 1
            s.fix_ns = t
            s.lat = here
            s.lon = there
            s.unsure = vague
            s.flags = flags
        if kind:
            event_row[events] = row
            event_kind[events] = kind
            events += 1
        out[row] = s.flags & SHOWN
    return events
