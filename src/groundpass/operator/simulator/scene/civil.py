"""Terminals of honest holders: homes, vans, ambulances, trains, boats, aircraft, and a neighbour's homes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from groundpass.operator.simulator import homes as plain
from groundpass.operator.simulator.scene.journey import Journey, Place

if TYPE_CHECKING:
    from groundpass.operator.simulator.ground import Floats, Ground
    from groundpass.operator.simulator.motion import Legs

HOUR: Final = 3600.0
MINUTE: Final = 60.0
MOTORWAY: Final = 0.5  # share of vans whose way is one
MOST_HOPS: Final = 6  # of a line, from station to station
PLATFORM_KM: Final = 1.2  # before and after a station, within which a train is slow
CLIMB_KM: Final = 40.0


def homes(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Receivers that never move and yet never report the same place twice; some are worse than others."""
    return plain.homes(count, ground, rng, seconds)


def abroad(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Homes outside of the border, from a few hundred metres to a hundred kilometres away."""
    return plain.abroad(count, ground, rng, seconds)


def vans(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Stop and go in town, motorways at 110 to 130 km/h or country roads at 60 to 85, hours of standing."""
    start = ground.in_towns(count)
    van = Journey(start, seconds)
    van.stay(rng.uniform(0, 2.5, count) * HOUR)
    ends = start, ground.other_towns(*start)
    motorway = rng.random(count) < MOTORWAY
    while van.goes_on:
        for end in (ends[1], ends[0]):
            fast, slow = rng.uniform(110, 130, count), rng.uniform(60, 85, count)
            _drive(van, end, 0.08, rng.uniform(18, 30, count))
            van.go(van.towards(end, 0.92), np.where(motorway, fast, slow),
                   swing=np.where(motorway, 0.04, 0.2), period=240.0)  # fmt: skip
            _drive(van, end, 1.0, rng.uniform(18, 30, count))
            van.stay(rng.uniform(0.2, 3.0, count) * HOUR)
    return van.legs()


def _drive(car: Journey, end: Place, share: float, kmh: Floats) -> None:
    """Stop and go on a share of the way."""
    car.go(car.towards(end, share), kmh, swing=1.0, period=80.0)


def ambulances(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Waits, sprints at 120 to 140 km/h of some minutes, town driving at either end: fast, and rightly so."""
    start = ground.in_towns(count)
    ambulance = Journey(start, seconds)
    while ambulance.goes_on:
        ambulance.stay(rng.uniform(5, 50, count) * MINUTE)
        called = ground.near(*start, 4.0, 5.0)
        for end in (called, start):
            _drive(ambulance, end, 0.15, rng.uniform(25, 40, count))
            ambulance.go(ambulance.towards(end, 0.85), rng.uniform(122, 138, count), swing=0.01)
            _drive(ambulance, end, 1.0, rng.uniform(25, 40, count))
            ambulance.stay(rng.uniform(5, 25, count) * MINUTE)
    return ambulance.legs()


def trains(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Lines between towns at 120 to 160 km/h, stations on the way, a quarter of an hour at each end."""
    start = ground.in_towns(count, 1.0)
    train = Journey(start, seconds)
    ends = start, ground.other_towns(*start)
    hops = rng.integers(2, MOST_HOPS + 1, count)
    train.stay(rng.uniform(0, 40, count) * MINUTE)
    while train.goes_on:
        for end in (ends[1], ends[0]):
            kmh = rng.uniform(122, 158, count)
            for left in range(MOST_HOPS, 0, -1):
                _hop(train, train.towards(end, np.where(left <= hops, 1 / left, 0.0)), kmh)
                train.stay(np.where(left <= hops, rng.uniform(1, 3, count) * MINUTE, 0.0))
            train.stay(rng.uniform(8, 25, count) * MINUTE)
    return train.legs()


def _hop(train: Journey, station: Place, kmh: Floats) -> None:
    """From one station to the next: slowly out, at full speed, slowly in."""
    share = train.share_of(station, PLATFORM_KM)
    train.go(train.towards(station, share), 60.0, bend=0.0)
    train.go(train.towards(station, 1 - share / (1 - share)), kmh, swing=0.01, bend=0.003)
    train.go(station, 60.0, bend=0.0)


def boats(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Winding reaches at 8 to 30 km/h. The simulator knows no coast: a boat's water is where its town is."""
    return _cruise(count, ground, rng, seconds, kmh=(8.0, 30.0))


def fast_boats(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Patrol and rescue boats at 60 to 100 km/h."""
    return _cruise(count, ground, rng, seconds, kmh=(60.0, 100.0))


def _cruise(
    count: int, ground: Ground, rng: np.random.Generator, seconds: float, kmh: tuple[float, float]
) -> Legs:
    """Out of a harbour and back, with waits."""
    harbour = ground.in_towns(count)
    boat = Journey(harbour, seconds, noise=4.0)
    while boat.goes_on:
        boat.stay(rng.uniform(0.1, 2.0, count) * HOUR)
        speed = rng.uniform(*kmh, count)
        for end in (ground.near(*harbour, 6.0, 8.0), harbour):
            boat.go(end, speed, swing=0.1, period=90.0, bend=0.03)
            boat.stay(rng.uniform(2, 30, count) * MINUTE)
    return boat.legs()


def aircraft(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Airfields far apart: climb and approach at 300 to 400 km/h, 700 to 900 between, long turnarounds."""
    start = ground.in_towns(count, 10.0)
    ends = start, ground.near(*start, 150.0, 200.0)
    plane = Journey(start, seconds, noise=8.0)
    plane.stay(rng.uniform(0, 1.5, count) * HOUR)
    while plane.goes_on:
        for end in (ends[1], ends[0]):
            share = plane.share_of(end, CLIMB_KM)
            plane.go(plane.towards(end, share), rng.uniform(300, 400, count), swing=0.05)
            plane.go(plane.towards(end, 1 - share / (1 - share)), rng.uniform(710, 890, count), swing=0.01)
            plane.go(end, rng.uniform(300, 400, count), swing=0.05)
            plane.stay(rng.uniform(0.6, 2.0, count) * HOUR)
    return plane.legs()
