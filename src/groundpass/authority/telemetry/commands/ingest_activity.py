"""Ingest reports of activity: positions in, keys and territories kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.policy.api import territories
from groundpass.authority.publication.api import Feed, Place, latest_published, state_of
from groundpass.authority.telemetry import files
from groundpass.authority.telemetry.domain.sightings import Batch, Map, hours_of, last_seen, sight, usable
from groundpass.authority.telemetry.models import Ingest

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def ingest_activity(path: Path, *, feed: Feed, actor: User, now: int) -> Ingest:
    """Turn a file of reports (CSV, Parquet, Arrow) into who was active where; a file counts once.

    Columns `terminal`, `time`, `lat`, `lon` as in `kernel.wire.reports`. Raises NoRight, BadInput.
    """
    require(actor, "telemetry.ingest", organisation=feed.operator)
    sha256 = files.digest_of(path)
    known = Ingest.objects.filter(feed=feed, sha256=sha256).first()
    if known is not None:
        return known
    where = _map(feed)
    rows = left_out = 0
    parts: list[pa.Table] = []
    hours: set[int] = set()
    for read, batch in files.batches(path, feed):
        kept = usable(batch, now=now)
        columns = (batch.key[kept], batch.time_ns[kept], batch.lat[kept], batch.lon[kept])
        seen = sight(Batch(*columns), where, now=now)
        hours |= hours_of(seen)
        parts.append(last_seen([seen]))
        rows, left_out = rows + read, left_out + read - seen.num_rows
    sightings = last_seen(parts)
    files.write_sightings(feed, sha256, sightings)
    row = Ingest(feed=feed, sha256=sha256, rows=rows, left_out=left_out, hours=sorted(hours))
    row.shapes = list(where.shapes)
    row.terminals = len(sightings["key"].unique())
    return _store(row, actor, now)


def _map(feed: Feed) -> Map:
    """What is public, and every territory that is known: one that was just imported may be released next."""
    release = latest_published(feed)
    state = None if release is None else state_of(release)
    known = [bytes(row.wkb) for row in territories()]
    known += [] if state is None else [one.wkb for one in state.territories]
    return Map(state, {Place.shape_id(wkb): wkb for wkb in known})


@transaction.atomic
def _store(row: Ingest, actor: User, now: int) -> Ingest:
    row.ingested_at, row.ingested_by = utc(now), actor
    row.save(force_insert=True)
    for old in Ingest.objects.filter(feed=row.feed, ingested_at__lt=utc(now - files.KEPT)):
        files.drop_sightings(row.feed, old.sha256)
    record(
        "telemetry.ingest",
        f"feed:{row.feed.name}",
        actor=actor.username,
        now=now,
        detail={"rows": row.rows, "left_out": row.left_out, "terminals": row.terminals, "file": row.sha256},
    )
    return row
