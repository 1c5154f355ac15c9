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


RULES = """\
title: Closed list
territories: [ua]
rules:
  - {territory: ua, profile: unlisted, action: deny}
  - {territory: ua, profile: standard, action: allow}
  - {territory: ua, profile: mobile, action: allow}
"""
OPEN_RULES = RULES.replace(
    "profile: unlisted, action: deny", "profile: unlisted, action: allow, speed_cap: 75"
)


class Authority:
    """A register with a rule set and a feed, ready to build its first release."""

    def __init__(self, cast, home, rules=RULES):
        from groundpass.authority.policy.api import approve, import_territory, propose
        from groundpass.authority.publication.api import create_feed
        from groundpass.authority.register.api import load_classes
        from groundpass.kernel.trust.seal import new_wrap_pair
        from groundpass.kernel.trust.signing import new_signer, public_pem
        from support.register import fill

        self.cast, self.home = cast, home
        load_classes(actor=cast.officer, now=NOW)
        box = '{"type": "Polygon", "coordinates": [[[30, 48], [34, 48], [34, 52], [30, 52], [30, 48]]]}'
        import_territory(box.encode(), code="ua", name="Ukraine", country="UA", actor=cast.officer, now=NOW)
        self.agree(rules)
        self.registrations = fill(cast, 3)
        self.wrap_private, wrap_public = new_wrap_pair()
        self.operator_signer = new_signer()
        self.feed = create_feed(
            cast.operator,
            name="northwind",
            wrap_public_key=wrap_public,
            sign_public_key=public_pem(self.operator_signer),
            actor=cast.officer,
            now=NOW,
        )
        self.propose, self.approve = propose, approve

    def agree(self, rules, now=NOW):
        from groundpass.authority.policy.api import approve, propose

        approve(
            propose(rules, actor=self.cast.officer, now=now).number, actor=self.cast.second_officer, now=now
        )

    @property
    def offline(self):
        return self.home / "keys" / "northwind" / "offline"

    def prepare(self, now=NOW):
        """A release that is built and assessed."""
        from groundpass.authority.publication.api import assess, build

        release = build(self.feed, actor=self.cast.officer, now=now)
        assess(release, actor=self.cast.officer, now=now)
        release.refresh_from_db()
        return release

    def publish(self, now=NOW, offline=True):
        """A release that is public, by one officer and, unless told otherwise, the offline keys."""
        from groundpass.authority.publication.api import publish

        keys = self.offline if offline else None
        return publish(self.prepare(now), actor=self.cast.officer, now=now, offline_keys=keys)


@pytest.fixture
def authority(cast, home):
    return Authority(cast, home)


@pytest.fixture
def open_authority(cast, home):
    return Authority(cast, home, OPEN_RULES)
