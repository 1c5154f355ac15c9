"""What the tests of policy share: a square of land and a rule set about it."""

from __future__ import annotations

import json

import pytest

from support.times import NOW

RULES = """\
title: Closed list from 5 February
territories: [ua]
unlocated: {listed: allow, others: ungoverned}
timers: {refresh: 60, alarm: 900, hold: 1209600}
rules:
  - {territory: ua, profile: unlisted, action: allow, speed_cap: 75, until: "2026-02-05T03:00:00Z"}
  - {territory: ua, profile: unlisted, action: deny, from: "2026-02-05T03:00:00Z"}
  - {territory: ua, profile: standard, action: allow, speed_cap: 75, sustained: 120, release: 60}
  - {territory: ua, profile: mobile, action: allow}
"""


@pytest.fixture
def rules():
    return RULES


def _square(west, south, side=4.0):
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]}).encode()


@pytest.fixture
def square():
    return _square


@pytest.fixture
def ukraine(cast):
    from groundpass.authority.policy.api import import_territory

    shape = _square(30, 48)
    return import_territory(shape, code="ua", name="Ukraine", country="UA", actor=cast.officer, now=NOW)
