"""The reads of telemetry. Nothing here writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.compute as pc

from groundpass.authority.audit.api import utc
from groundpass.authority.publication.api import Activity, Feed, Place
from groundpass.authority.telemetry.domain.sightings import HOUR
from groundpass.authority.telemetry.files import KEPT, read_sightings
from groundpass.authority.telemetry.models import Ingest

if TYPE_CHECKING:
    import numpy.typing as npt
    from django.db.models import QuerySet

HOURS_NEEDED: Final = 20  # of 24 with reports in them; with fewer nobody can say who was not active


def ingests(feed: Feed) -> QuerySet[Ingest]:
    """What was ingested for a feed, the newest first."""
    return Ingest.objects.filter(feed=feed).order_by("-ingested_at", "-pk")


def active_since(feed: Feed, since: int, until: int) -> Activity:
    """Who was seen from `since` until `until` (UTC seconds), and at which places.

    Known only where reports cover most of that time: silence of the telemetry is not silence of terminals.
    """
    recent = list(ingests(feed).filter(ingested_at__gt=utc(since - KEPT), ingested_at__lte=utc(until)))
    told = {hour for one in recent for hour in one.hours}
    hours = {hour for hour in told if since < (hour + 1) * HOUR and hour * HOUR < until}
    places: dict[Place, int] = {}
    columns = [_seen(feed, one, since, until, places) for one in recent]
    return Activity(
        key=np.concatenate([np.empty(0, np.uint64), *(key for key, _ in columns)]),
        place=np.concatenate([np.empty(0, np.uint32), *(place for _, place in columns)]),
        places=tuple(places),
        known=len(hours) >= HOURS_NEEDED,
    )


def _seen(
    feed: Feed, ingest: Ingest, since: int, until: int, places: dict[Place, int]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
    """Keys of one ingest and the numbers of their places; new places are numbered on the way."""
    rows = read_sightings(feed, ingest.sha256)
    rows = rows.filter(pc.and_(pc.greater_equal(rows["last_seen"], since), pc.less(rows["last_seen"], until)))
    where = pc.binary_join_element_wise(rows["territory"], rows["within"], "\n").combine_chunks()
    words = where.dictionary_encode()
    numbers = []
    for word in words.dictionary.to_pylist():
        governing, _, within = word.partition("\n")
        place = Place(governing, frozenset(within.split()), frozenset(ingest.shapes))
        numbers.append(places.setdefault(place, len(places)))
    index = np.asarray(words.indices, np.int64)
    return np.asarray(rows["key"], np.uint64), np.array(numbers, np.uint32)[index]
