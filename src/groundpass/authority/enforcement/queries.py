"""The reads of enforcement. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import pyarrow as pa

from groundpass.authority.audit.api import events, utc
from groundpass.authority.enforcement.domain.figures import Delays, Figures, Share, Texts, texts
from groundpass.authority.enforcement.models import Case, IncomingReport, Reconciliation
from groundpass.authority.publication.api import Feed, Release, entry_keys_of, releases
from groundpass.authority.register.api import Registration
from groundpass.kernel.core.errors import NotFound
from groundpass.kernel.core.intervals import to_seconds

if TYPE_CHECKING:
    from django.db.models import QuerySet

HISTORY: Final = 50  # reconciliations that the page of effect looks back on
ACTS: Final = ("register.suspend", "register.resume", "register.revoke")
_CHUNK: Final = 10_000  # registrations asked for in one statement


@dataclass(frozen=True, slots=True)
class Reading:
    """One reconciliation as the page shows it; `at` in UTC seconds."""

    number: int
    at: int
    feed: str
    serials: tuple[int, ...]
    simulated: bool
    figures: Figures


@dataclass(frozen=True, slots=True)
class Effect:
    """The figures now: each of the newest reconciliation that knows it, so that they may differ in window.

    `history`: the newest first, at most HISTORY.
    """

    leak_rate: Share | None
    false_cut_rate: Share | None
    time_to_enforce: Delays | None
    newest: Reading | None
    history: tuple[Reading, ...]


def effect(feed: Feed | None = None) -> Effect:
    """What the releases did in the world: of one feed, or of all."""
    rows = Reconciliation.objects.select_related("report__feed").order_by("-pk")
    rows = rows if feed is None else rows.filter(report__feed=feed)
    history = tuple(map(_reading, rows[:HISTORY]))
    told = [reading.figures for reading in history]
    if not told:
        return Effect(None, None, None, None, ())
    return Effect(
        next((one.leak_rate for one in told if one.leak_rate.denominator), told[0].leak_rate),
        next((one.false_cut_rate for one in told if one.false_cut_rate.denominator), told[0].false_cut_rate),
        next((one.time_to_enforce for one in told if one.time_to_enforce.numerator), told[0].time_to_enforce),
        history[0],
        history,
    )


def figures_of(reconciliation: Reconciliation) -> Figures:
    """What a reconciliation found, as values."""
    return msgspec.convert(reconciliation.figures, Figures)


def reports(feed: Feed | None = None) -> QuerySet[IncomingReport]:
    """What operators reported, the newest first."""
    rows = IncomingReport.objects.select_related("feed__operator", "release").order_by("-pk")
    return rows if feed is None else rows.filter(feed=feed)


def find_report(number: int) -> IncomingReport:
    """One report by its number. Raises NotFound."""
    found = reports().filter(pk=number).first()
    if found is None:
        raise NotFound(f"There is no enforcement report {number}")
    return found


def cases(state: str | None = None) -> QuerySet[Case]:
    """Cases, the newest first: all, or those that are "open" or "decided"."""
    rows = Case.objects.select_related("feed", "decided_by", "reconciliation").order_by("-pk")
    return rows if state is None else rows.filter(state=state)


def find_case(number: int) -> Case:
    """One case by its number. Raises NotFound."""
    found = cases().filter(pk=number).first()
    if found is None:
        raise NotFound(f"There is no case {number}")
    return found


def kind_text(kind: str) -> Texts:
    """What a kind of case means, by language."""
    return texts("kind", kind)


def with_case(report: IncomingReport, kind: str) -> set[str]:
    """Subjects of a feed that have a case of a kind: an open one, or one that this report gave before."""
    rows = Case.objects.filter(feed=report.feed, kind=kind)
    known = rows.filter(state=Case.State.OPEN) | rows.filter(reconciliation__report=report)
    return set(known.values_list("subject", flat=True))


def release_before(report: IncomingReport) -> Release | None:
    """The release that the operator answered for last before this one, else the one published before it."""
    earlier = reports(report.feed).filter(
        release__serial__lt=report.serial, release__session=report.session, pk__lt=report.pk
    )
    last = earlier.order_by("-release__serial").first()
    if last is not None:
        return last.release
    published = releases(report.feed).filter(state=Release.State.PUBLISHED, session=report.session)
    return published.filter(serial__lt=report.serial).first()


def acts_between(feed: Feed, since: int, until: int) -> dict[int, int]:
    """Entry key → when its registration was last suspended, resumed or revoked; UTC s, ends included."""
    rows = events().filter(verb__in=ACTS, at__gte=utc(since), at__lte=utc(until))
    at = {
        subject.removeprefix("registration:"): to_seconds(moment)
        for subject, moment in rows.values_list("subject", "at")
    }
    found: dict[int, int] = {}
    names = list(at)
    for begin in range(0, len(names), _CHUNK):
        part = Registration.objects.filter(
            uuid__in=names[begin : begin + _CHUNK], terminal__scheme=feed.scheme
        )
        pairs = list(part.values_list("uuid", "terminal__value"))
        keys, _ = entry_keys_of(feed, pa.array([value for _, value in pairs], pa.string()))
        for key, (uuid, _) in zip(keys.tolist(), pairs, strict=True):
            found[key] = max(found.get(key, 0), at[str(uuid)])
    return found


def _reading(row: Reconciliation) -> Reading:
    return Reading(
        row.pk,
        to_seconds(row.at),
        row.report.feed.name,
        tuple(row.serials),
        row.simulated,
        figures_of(row),
    )
