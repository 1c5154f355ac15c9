"""A register at work, for tests of the doors: classes, a territory, rules, registrations, a feed, releases.

Everything is done by the commands that the doors call. `assemble` builds it around a moment: everything is
past at `now`, as a page sees it that reads the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from enforcement.rows import allowed, denied, observed
from groundpass.authority.policy import api as policy
from groundpass.authority.publication import api as publication
from groundpass.authority.register import api as register
from groundpass.kernel.trust.seal import new_wrap_pair
from groundpass.kernel.trust.signing import Signer, new_signer, public_pem, sign_document
from groundpass.kernel.wire.enforcement import PAYLOAD_TYPE, EnforcementReport, Window, encode
from groundpass.kernel.wire.observations import pack
from support.cast import Cast
from support.ids import invent_utids
from support.register import fill, person
from support.times import DAY, HOUR

RULES: Final = """\
title: Closed list
territories: [ua]
rules:
  - {territory: ua, profile: unlisted, action: deny}
  - {territory: ua, profile: standard, action: allow, speed_cap: 75, sustained: 120}
  - {territory: ua, profile: mobile, action: allow}
"""
SQUARE: Final = b'{"type": "Polygon", "coordinates": [[[30, 48], [34, 48], [34, 52], [30, 52], [30, 48]]]}'
LISTED: Final = 3
WAITING: Final = tuple(islice(invent_utids(99), 3))  # the oldest waits for more than two days


@dataclass(frozen=True)
class Desk:
    """A register without a feed: what the counter, the reviewer and the citizen need."""

    cast: Cast
    now: int
    registrations: list[register.Registration]
    applications: list[register.Application]
    proposal: policy.RuleSet


@dataclass(frozen=True)
class World(Desk):
    """A register with a feed: release 1 is public, release 2 is assessed and waits."""

    feed: publication.Feed
    published: publication.Release
    assessed: publication.Release
    signer: Signer
    offline: Path


def open_desk(cast: Cast, now: int, territory: bytes | Path = SQUARE) -> Desk:
    """Let two weeks pass at the counter: of three registrations one is suspended; three applications wait."""
    start = now - 14 * DAY
    register.load_classes(actor=cast.officer, now=start)
    policy.import_territory(
        territory,
        code="ua",
        name="Україна",
        country="UA",
        source="a test",
        licence="none",
        actor=cast.officer,
        now=start,
    )
    made = policy.propose(RULES, actor=cast.officer, now=start)
    policy.approve(made.number, actor=cast.second_officer, now=start + HOUR)
    registrations = fill(cast, LISTED, now=start + 2 * HOUR)
    register.suspend(registrations[0], "reported lost", actor=cast.reviewer, now=now - DAY)
    applications = [
        register.submit(person(utid, shown=True), actor=cast.clerk, now=now - age)
        for utid, age in zip(WAITING, (3 * DAY, 30 * HOUR, HOUR), strict=True)
    ]
    proposal = policy.propose(RULES.replace("Closed", "Later"), actor=cast.officer, now=now - HOUR)
    return Desk(cast, now, registrations, applications, proposal)


def assemble(cast: Cast, offline: Path, now: int, territory: bytes | Path = SQUARE) -> World:
    """Open a desk and a feed."""
    desk = open_desk(cast, now, territory)
    start = now - 14 * DAY
    _, wrap_public = new_wrap_pair()
    signer = new_signer()
    feed = publication.create_feed(
        cast.operator,
        name="northwind",
        wrap_public_key=wrap_public,
        sign_public_key=public_pem(signer),
        offline_keys=offline,
        actor=cast.officer,
        now=start + 3 * HOUR,
    )
    published = _release(cast, feed, start + 4 * HOUR)
    publish(cast, published, start + 5 * HOUR, offline)
    assessed = _release(cast, feed, now - HOUR)
    published = publication.find_release(feed, published.serial)
    return World(
        **vars(desk), feed=feed, published=published, assessed=assessed, signer=signer, offline=offline
    )


def signed_report(world: World, folder: Path, **changes: object) -> Path:
    """What the operator says of release 1: of two listed terminals one was cut; of four others one leaks."""
    strangers = [publication.entry_key_of(world.feed, utid) for utid in islice(invent_utids(4711), 4)]
    listed = [publication.entry_key_of(world.feed, row.terminal.value) for row in world.registrations[1:3]]
    start = int(world.published.published_at.timestamp())
    last = start + HOUR
    seen = observed(
        *(denied(key, start + 60, start + 90 if index else last) for index, key in enumerate(strangers)),
        denied(listed[0], start + 60, start + 90),
        allowed(listed[1], start + 60, last),
    )
    report = EnforcementReport(
        format="groundpass/enforcement/1",
        feed=world.feed.name,
        operator=world.feed.operator.code,
        session=world.published.session,
        serial=world.published.serial,
        state_hash=world.published.state_hash,
        published_at=start,
        received_at=start + 2,
        verified_at=start + 3,
        applied_at=start + 4,
        window=Window(start, last + 1),
        decided=2 * len(seen),
        by_reason={"UNLISTED": 10, "LISTED": 2},
        by_verdict={"DENY": 10, "ALLOW": 2},
        flags={},
        observed=len(seen),
        observations=pack(seen),
    )
    path = folder / "report.json"
    payload = encode(msgspec.structs.replace(report, **changes))
    path.write_bytes(sign_document(payload, PAYLOAD_TYPE, world.signer))
    return path


def _release(cast: Cast, feed: publication.Feed, now: int) -> publication.Release:
    made = publication.build(feed, actor=cast.officer, now=now)
    publication.assess(made, actor=cast.officer, now=now)
    return publication.find_release(feed, made.serial)


def publish(cast: Cast, release: publication.Release, now: int, offline: Path) -> None:
    """Publish with both officers, and the offline keys that a first list of denials needs."""
    from groundpass.kernel.core.errors import SecondPerson

    try:
        publication.publish(release, actor=cast.officer, now=now, offline_keys=offline)
    except SecondPerson:
        publication.publish(release, actor=cast.second_officer, now=now, offline_keys=offline)
