"""Terminals in the enemy's hands: drones that cross the front, loiter or hover; captured and cloned ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from groundpass.operator.simulator.ground import KM_A_DEGREE
from groundpass.operator.simulator.motion import Legs
from groundpass.operator.simulator.scene.civil import HOUR, MINUTE
from groundpass.operator.simulator.scene.journey import Journey

if TYPE_CHECKING:
    from groundpass.operator.simulator.ground import Ground

_SKY_M: Final = 5.0  # noise of a receiver that flies
_APART_KM: Final = 150.0  # between a terminal and its clone
_REACH_KM: Final = 180.0  # of a wing
_PAST_KM: Final = 40.0  # from where, and to where beyond, a wing flies over a city


def wings(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Fixed wing, one way: some minutes at the launch, then across the front to a town at 80 to 180 km/h."""
    start = ground.across(count, 3.0, 20.0)[1]
    target = ground.in_towns(count, 8.0)
    wing = Journey(start, seconds, noise=_SKY_M)
    target = wing.towards(target, wing.share_of(target, _REACH_KM, most=1.0))
    wing.wait_until(rng.uniform(0, 0.85, count) * seconds)
    wing.stay(rng.uniform(2, 10, count) * MINUTE)
    wing.go(target, rng.uniform(80, 180, count), swing=0.02, period=180.0, bend=0.02)
    return wing.legs()


def passers(
    count: int, city: tuple[float, float], at: float, rng: np.random.Generator, seconds: float
) -> Legs:
    """Fixed wing that flies over a city from one side to the other, and is above it at the time `at`, s."""
    way = rng.uniform(0, 2 * np.pi, count)
    north = _PAST_KM / KM_A_DEGREE * np.cos(way)
    east = _PAST_KM / KM_A_DEGREE * np.sin(way) / np.cos(np.radians(city[0]))
    lat, lon = (city[axis] + rng.normal(0, 0.02, count) for axis in (0, 1))
    kmh = rng.uniform(100, 180, count)
    wing = Journey((lat - north, lon - east), seconds, noise=_SKY_M)
    wing.wait_until(np.maximum(at - _PAST_KM / kmh * HOUR, 0.0))
    wing.go((lat + north, lon + east), kmh, swing=0.02, period=180.0, bend=0.0)
    return wing.legs()


def loiterers(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Fixed wing that flies in, and circles with a radius of 200 to 800 m at 90 to 120 km/h, twice."""
    target, start = ground.across(count, 2.0, 8.0)
    wing = Journey(start, seconds, noise=_SKY_M)
    wing.wait_until(rng.uniform(0, 0.8, count) * seconds)
    wing.stay(rng.uniform(2, 10, count) * MINUTE)
    for _ in range(2):
        kmh = rng.uniform(90, 120, count)
        wing.go(target, kmh, swing=0.02, period=180.0)
        wing.circle(rng.uniform(200, 800, count), kmh, rng.uniform(15, 40, count) * MINUTE)
        target = ground.near(*target, 3.0, 5.0)
    return wing.legs()


def multirotors(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Sorties across the front: out at 30 to 70 km/h, hover, back, rest: too slow for most caps on speed."""
    target, start = ground.across(count, 0.5, 3.0)
    rotor = Journey(start, seconds, noise=_SKY_M)
    rotor.wait_until(rng.uniform(0, 0.6, count) * seconds)
    for _ in range(4):
        rotor.stay(rng.uniform(2, 20, count) * MINUTE)
        kmh = rng.uniform(32, 68, count)
        rotor.go(target, kmh, swing=0.02)
        rotor.stay(rng.uniform(3, 10, count) * MINUTE)
        rotor.go(start, kmh, swing=0.02)
    return rotor.legs()


def captured(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """At a home near the front until it is taken; silent; carried across the line; there it stays."""
    home, beyond = ground.across(count, 1.0, 6.0)
    taken = Journey(home, seconds)
    taken.stay(rng.uniform(0.2, 0.7, count) * seconds)
    taken.hide(rng.uniform(10, 60, count) * MINUTE)
    taken.go(beyond, rng.uniform(20, 45, count), swing=0.8, period=90.0)
    taken.rest()
    return taken.legs()


def clones(count: int, ground: Ground, rng: np.random.Generator, seconds: float) -> Legs:
    """Two devices under one identity, the second one far away for some hours; they report in turn."""
    home = ground.in_towns(count)
    first = Journey(home, seconds)
    first.rest()
    second = Journey(ground.near(*home, _APART_KM, 100.0), seconds)
    second.wait_until(rng.uniform(0.1, 0.6, count) * seconds)
    second.stay(rng.uniform(1, 4, count) * HOUR)
    return Legs.joined([first.legs(), second.legs()])
