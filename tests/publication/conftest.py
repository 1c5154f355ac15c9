"""What the tests of publication share: states as plain values."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from groundpass.kernel.core.intervals import Interval
from groundpass.kernel.core.state import Entries, Rule, State, Territory
from groundpass.kernel.core.verdicts import Action
from support.times import DAY, NOW

PROFILES = ("unlisted", "standard", "mobile", "air")


class Made:
    """Makes states, entries, rules and territories in few words."""

    DENY = Action.DENY

    @staticmethod
    def land(code="ua", west=30.0, side=4.0, **properties):
        wkb = shapely.to_wkb(shapely.box(west, 48, west + side, 48 + side), byte_order=1)
        return Territory(id=code, name=code, wkb=wkb, **properties)

    @staticmethod
    def rule(territory="ua", profile="unlisted", action=Action.DENY, start=None, end=None, **terms):
        whole = Interval()
        effective = Interval(start or whole.start, end or whole.end)
        return Rule(territory=territory, profile=profile, action=action, effective=effective, **terms)

    @staticmethod
    def entries(keys, profile=1, start=NOW - DAY, until=NOW + 365 * DAY):
        keys = np.array(sorted(keys), np.uint64)
        return Entries(
            keys,
            np.full(len(keys), profile, np.uint16),
            np.full(len(keys), start, np.int64),
            np.full(len(keys), until, np.int64),
        )

    def state(self, entries=(), rules=None, territories=None, **properties):
        """A closed list over one square: the unlisted are denied there."""
        return State(
            **{
                "feed": "northwind",
                "session": "ab12",
                "serial": 1,
                "issued": NOW,
                "scheme": "utid",
                "profiles": PROFILES,
                "entries": entries if isinstance(entries, Entries) else self.entries(entries),
                "territories": (self.land(),) if territories is None else tuple(territories),
                "rules": (self.rule(),) if rules is None else tuple(rules),
                **properties,
            }
        )


@pytest.fixture
def made():
    return Made()


@pytest.fixture
def authority(cast, home):
    from support.publishing import Authority

    return Authority(cast, home)
