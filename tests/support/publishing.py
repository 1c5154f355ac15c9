"""A register with a rule set and a feed: what publication, telemetry and enforcement stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from groundpass.authority.policy.api import approve, import_territory, propose
from groundpass.authority.publication.api import Release, assess, build, create_feed, publish
from groundpass.authority.register.api import load_classes
from groundpass.kernel.trust.seal import new_wrap_pair
from groundpass.kernel.trust.signing import new_signer, public_pem
from support.register import fill
from support.times import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from support.cast import Cast

RULES: Final = """\
title: Closed list
territories: [ua]
rules:
  - {territory: ua, profile: unlisted, action: deny}
  - {territory: ua, profile: standard, action: allow}
  - {territory: ua, profile: mobile, action: allow}
"""
OPEN_RULES: Final = RULES.replace("profile: unlisted, action: deny", "profile: unlisted, action: allow")
LAND: Final = b'{"type": "Polygon", "coordinates": [[[30, 48], [34, 48], [34, 52], [30, 52], [30, 48]]]}'


class Authority:
    """Three terminals on the list, one territory, one rule set, one feed; no release yet."""

    def __init__(self, cast: Cast, home: Path, rules: str = RULES) -> None:
        self.cast, self.home = cast, home
        load_classes(actor=cast.officer, now=NOW)
        import_territory(LAND, code="ua", name="Ukraine", country="UA", actor=cast.officer, now=NOW)
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

    @property
    def offline(self) -> Path:
        """Where the five root keys lie."""
        return self.home / "keys" / "northwind" / "offline"

    def agree(self, rules: str, now: int = NOW) -> None:
        """Two officers put a rule set in force."""
        number = propose(rules, actor=self.cast.officer, now=now).number
        approve(number, actor=self.cast.second_officer, now=now)

    def prepare(self, now: int = NOW) -> Release:
        """A release that is built and assessed."""
        release = build(self.feed, actor=self.cast.officer, now=now)
        assess(release, actor=self.cast.officer, now=now)
        release.refresh_from_db()
        return release

    def publish(self, now: int = NOW, *, offline: bool = True) -> Release:
        """A release that is public, by one officer and, unless told otherwise, the offline keys."""
        keys = self.offline if offline else None
        return publish(self.prepare(now), actor=self.cast.officer, now=now, offline_keys=keys)
