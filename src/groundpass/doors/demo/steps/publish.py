"""The publisher: a feed with its keys, a release that is built, assessed, agreed to, signed and public."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from groundpass.authority.publication.api import (
    Feed,
    Impact,
    Release,
    assess,
    build,
    create_feed,
    publish,
)
from groundpass.authority.telemetry.api import Ingest, ingest_activity
from groundpass.kernel.core.errors import BrakeEngaged, SecondPerson
from groundpass.operator.api import OperatorKeys

if TYPE_CHECKING:
    import pyarrow as pa

    from groundpass.doors.demo.cast import Cast
    from groundpass.doors.demo.stage import Stage

NAME = "northwind"
THRESHOLD = 3  # of the five offline keys


@dataclass(frozen=True, slots=True)
class Published:
    """A release that is public, what it does to whom, and what the brake said before it gave way."""

    release: Release
    impact: Impact
    held_up: tuple[str, ...]


def open_feed(stage: Stage, cast: Cast) -> Feed:
    """The operator draws its keys and gives the public halves; the ceremony makes the feed's own."""
    keys = OperatorKeys.create(stage.operator_keys)
    return create_feed(
        cast.operator,
        name=NAME,
        wrap_public_key=keys.wrap_public,
        sign_public_key=keys.sign_public,
        offline_keys=stage.offline_keys,
        actor=cast.officer,
        now=stage.clock.proposed,
    )


def make_public(feed: Feed, stage: Stage, cast: Cast, *, now: int) -> Published:
    """Build, assess and publish. Who has to agree is asked in turn: one officer, two, three key holders."""
    release = build(feed, actor=cast.officer, now=now)
    impact = assess(release, actor=cast.officer, now=now)
    held_up: list[str] = []
    for officer in (cast.officer, cast.officer2):
        try:
            return Published(publish(release, actor=officer, now=now), impact, tuple(held_up))
        except (SecondPerson, BrakeEngaged) as error:
            held_up.append(error.sentence())
    with tempfile.TemporaryDirectory(prefix="groundpass-ceremony-") as folder:
        bring_keys(stage.offline_keys, Path(folder))
        release = publish(release, actor=cast.officer2, now=now, offline_keys=Path(folder))
    return Published(release, impact, tuple(held_up))


def bring_keys(safe: Path, table: Path) -> None:
    """Three of the five key holders come with their keys; the other two stay at home."""
    for key in sorted(safe.glob("root-*.pem"))[:THRESHOLD]:
        shutil.copy(key, table)


def tell_activity(feed: Feed, stage: Stage, cast: Cast, reports: pa.Table) -> Ingest:
    """The operator tells who was active in the day before release 1, so that its effect can be counted."""
    path = stage.file("yesterday.parquet")
    pq.write_table(reports, path)
    return ingest_activity(path, feed=feed, actor=cast.engineer, now=stage.clock.released)
