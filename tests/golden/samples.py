"""Invented values behind the golden files: small, and with every feature of the formats in them."""

from __future__ import annotations

import hashlib

import numpy as np
import shapely

from groundpass.kernel.core.intervals import ALWAYS, NEVER, NO_TIME, NS, Interval
from groundpass.kernel.core.state import Entries, Rule, State, Territory, Timers
from groundpass.kernel.core.verdicts import Action, Reason, Verdict, WhenUncertain
from groundpass.kernel.wire.enforcement import EnforcementReport, Window
from groundpass.kernel.wire.notification import DeltaRef, FeedTimers, FileRef, Notification
from groundpass.kernel.wire.observations import Observations, pack
from groundpass.kernel.wire.state import state_hash

ISSUED = 1_770_260_400  # 2026-02-05T03:00:00Z
SESSION = "5f1e0c7a9b3d4e28a6c0d9417be2f835"

PLAIN = Territory(
    id="levada",
    name="Levada and its islands",
    wkb=shapely.to_wkb(shapely.MultiPolygon([shapely.box(30, 50, 31, 51), shapely.box(32, 50, 33, 51)])),
    country="UA",
)
RING = Territory(
    id="yar",
    name="Яр, із діркою",
    wkb=shapely.to_wkb(
        shapely.Polygon([(20, 45), (24, 45), (24, 48), (20, 48)], [[(21, 46), (22, 46), (22, 47), (21, 47)]])
    ),
    effective=Interval(ISSUED, ISSUED + 86_400),
    precedence=7,
    when_uncertain=WhenUncertain.MAJORITY,
    settle=3,
)


def entries(rows: list[tuple[int, int, int, int]]) -> Entries:
    """Columns of (key, profile, from, until)."""
    columns = list(zip(*sorted(rows), strict=True)) or [(), (), (), ()]
    return Entries(
        np.array(columns[0], np.uint64),
        np.array(columns[1], np.uint16),
        np.array(columns[2], np.int64),
        np.array(columns[3], np.int64),
    )


def old_state() -> State:
    """Serial 41: six terminals, one territory."""
    return State(
        feed="ua-demo",
        session=SESSION,
        serial=41,
        issued=ISSUED,
        scheme="utid",
        profiles=("unlisted", "standard", "mobile"),
        entries=entries(
            [
                (1, 1, ISSUED, ISSUED + 1000),
                (2**32, 1, ISSUED, NEVER),
                (2**40 + 5, 2, ALWAYS, NEVER),
                (2**63, 2, ISSUED - 500, ISSUED + 500),
                (2**63 + 1, 1, ISSUED, ISSUED + 1000),
                (2**64 - 1, 1, ISSUED, ISSUED + 1000),
            ]
        ),
        territories=(PLAIN,),
        rules=(
            Rule("levada", "unlisted", Action.DENY, Interval(ISSUED, NEVER)),
            Rule("levada", "unlisted", Action.ALLOW, Interval(ALWAYS, ISSUED), speed_cap=75.0),
            Rule("levada", "standard", Action.ALLOW, speed_cap=75.5, sustained=90, release=30, grace=0),
        ),
    )


def new_state() -> State:
    """Serial 42: two removed, one changed, one added, a territory and its rules added."""
    old = old_state()
    return State(
        feed=old.feed,
        session=old.session,
        serial=42,
        issued=ISSUED + 60,
        scheme=old.scheme,
        profiles=("unlisted", "standard", "mobile", "air"),
        entries=entries(
            [
                (1, 1, ISSUED, ISSUED + 1000),
                (77, 3, ISSUED + 60, ISSUED + 5000),
                (2**40 + 5, 2, ALWAYS, NEVER),
                (2**63 + 1, 2, ISSUED, ISSUED + 9000),
                (2**64 - 1, 1, ISSUED, ISSUED + 1000),
            ]
        ),
        territories=(PLAIN, RING),
        rules=(
            *old.rules,
            Rule("yar", "mobile", Action.WATCH, permitted=("levada", "yar")),
            Rule("yar", "standard", Action.DENY),
        ),
        timers=Timers(30, 600, 86_400),
        unlocated_listed=Verdict.ALLOW,
        unlocated_others=Verdict.DENY,
        after_hold_others=Verdict.UNGOVERNED,
    )


def notification() -> Notification:
    """The notification that would offer serial 42."""

    def sha(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    return Notification(
        format="groundpass/notification/1",
        feed="ua-demo",
        session=SESSION,
        serial=42,
        issued=ISSUED + 60,
        scheme="utid",
        snapshot=FileRef("snapshot-42", sha("snapshot-42"), 65_564),
        state_hash=sha("42"),
        deltas=(
            DeltaRef(40, 41, "delta-40-41", sha("delta-40-41"), 65_564, sha("41")),
            DeltaRef(41, 42, "delta-41-42", sha("delta-41-42"), 65_564, sha("42")),
        ),
        timers=FeedTimers(),
        checkpoint_sha256=sha("checkpoint"),
    )


def observations() -> Observations:
    """Three terminals: one denied throughout, one allowed, one both."""
    times = [ISSUED * NS + offset for offset in (1, 2_000_000_000, 3_000_000_000)]
    return Observations(
        key=np.array([1, 77, 2**64 - 1], np.uint64),
        verdict=np.array([Verdict.DENY, Verdict.ALLOW, Verdict.DENY], np.uint8),
        reason=np.array([Reason.UNLISTED, Reason.LISTED, Reason.EXPIRED], np.uint8),
        first_seen_ns=np.array(times, np.int64),
        last_seen_ns=np.array([time + 60 * NS for time in times], np.int64),
        first_denied_ns=np.array([times[0], NO_TIME, times[2] + NS], np.int64),
        first_allowed_ns=np.array([NO_TIME, times[1], times[2]], np.int64),
        reports=np.array([4, 2**32 - 1, 2], np.uint32),
    )


def enforcement() -> EnforcementReport:
    """The report of an operator on serial 42."""
    return EnforcementReport(
        format="groundpass/enforcement/1",
        feed="ua-demo",
        operator="demo-sat",
        session=SESSION,
        serial=42,
        state_hash=state_hash(new_state()),
        published_at=ISSUED + 60,
        received_at=ISSUED + 61,
        verified_at=ISSUED + 61,
        applied_at=ISSUED + 62,
        window=Window(ISSUED, ISSUED + 86_400),
        decided=12,
        by_reason={"UNLISTED": 4, "LISTED": 6, "EXPIRED": 2},
        by_verdict={"DENY": 6, "ALLOW": 6},
        flags={"GRACE": 1},
        observed=3,
        observations=pack(observations()),
    )
