"""Hold a report against what was promised: figures, and a case for each terminal at which they differ.

1. A reconciliation is computed from the signed report and the published states alone, so that anybody with
   both gets the same; `truth` is for simulations, and marks everything that comes of it.
2. Reconciled again, a report gives a new row and no case twice: not while one is open, nor after a person
   has decided the one that this report gave.
3. Of one kind at most MAX_CASES are opened at a time, those seen last first; the others are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import numpy.typing as npt
from django.db import transaction

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.enforcement.commands.ingest import CLOCKS
from groundpass.authority.enforcement.commands.open_case import Found, open_cases
from groundpass.authority.enforcement.documents import observations_of
from groundpass.authority.enforcement.domain import changes, differences
from groundpass.authority.enforcement.domain.figures import (
    Figures,
    Ground,
    Window,
    false_cut_rate,
    leak_rate,
    within,
)
from groundpass.authority.enforcement.models import IncomingReport, Reconciliation
from groundpass.authority.enforcement.queries import acts_between, release_before, with_case
from groundpass.authority.publication.api import Feed, Release, state_of
from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import to_seconds
from groundpass.kernel.core.state import Entries
from groundpass.kernel.wire.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CASES: Final = 100  # of one kind: more are not looked into by persons, and are one fault


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What was computed: figures, the terminals of the window, and the rows of each kind of difference."""

    figures: Figures
    seen: Observations
    rows: dict[str, npt.NDArray[np.intp]]


def reconcile(
    report: IncomingReport, *, actor: User, now: int, truth: Mapping[int, bool] | None = None
) -> Reconciliation:
    """Compare a report with its release and the one before.

    Args:
        report: an ingested one.
        actor: who asks.
        now: UTC seconds.
        truth: of invented terminals, entry key → whether it was entitled at its last report.

    Raises:
        NoRight: the actor may not, or works for another operator.
        CannotRun: the state of the release, or the file of the report, is not kept any more.
        NotVerified: one of them is not what it was.
    """
    require(actor, "enforcement.ingest", organisation=report.feed.operator)
    window = _window(report)
    seen = within(observations_of(report), window)
    entries, before = state_of(report.release).entries, release_before(report)
    held = Entries.empty() if before is None else _entries(before)
    serials = (report.serial,) if before is None else (before.serial, report.serial)
    ground = Ground(window, (report.serial,), simulated=truth is not None)
    way = _way(report)
    made = None if held is None else _changes(report, before, held, entries)
    figures = Figures(
        leak_rate(seen, ground),
        false_cut_rate(seen, truth, ground),
        changes.time_to_enforce(made, seen, way, msgspec.structs.replace(ground, releases=serials)),
        way.delays(),
        {},
        ground.simulated,
    )
    rows = differences.differences(seen, entries, held, way.applied)
    row = Reconciliation(report=report, serials=list(serials), simulated=ground.simulated, at=utc(now))
    return _store(row, Compared(figures, seen, rows), actor, now)


def _window(report: IncomingReport) -> Window | None:
    """The window as told, ended where our own clock stood: a terminal with a broken one does not widen it."""
    if report.window_start is None or report.window_end is None:
        return None
    end = min(to_seconds(report.window_end), to_seconds(report.ingested_at) + CLOCKS)
    start = to_seconds(report.window_start)
    return (start, end) if start < end else None


def _entries(release: Release) -> Entries | None:
    """What a release said; None where its state is not kept any more."""
    try:
        return state_of(release).entries
    except CannotRun:
        return None


def _way(report: IncomingReport) -> changes.Way:
    published = report.published_at
    if published is None:
        raise CannotRun(f"The {report.release} does not say when it was published", todo="Restore its row")
    return changes.Way(
        published,
        to_seconds(report.received_at),
        to_seconds(report.verified_at),
        to_seconds(report.applied_at),
    )


def _changes(
    report: IncomingReport, before: Release | None, held: Entries, entries: Entries
) -> changes.Changes | None:
    """What changed, with approvals; None where the keys are of a session that is over."""
    if report.session != report.feed.session:
        return None
    since = 0 if before is None else to_seconds(before.issued_at)
    acts = acts_between(report.feed, since, to_seconds(report.release.issued_at))
    return changes.changes(held, entries, since, acts)


@transaction.atomic
def _store(row: Reconciliation, made: Compared, actor: User, now: int) -> Reconciliation:
    feed = Feed.objects.select_for_update(of=("self",)).get(pk=row.report.feed_id)  # no case opens twice
    chosen = {kind: _chosen(row.report, kind, which, made.seen) for kind, which in made.rows.items()}
    counted = {kind: {"found": len(which), "opened": len(chosen[kind])} for kind, which in made.rows.items()}
    row.figures = msgspec.to_builtins(msgspec.structs.replace(made.figures, differences=counted))
    row.save(force_insert=True)
    record(
        "enforcement.reconcile",
        f"report:{feed.name}:{row.report_id}",
        actor=actor.username,
        now=now,
        detail={"reconciliation": row.pk, "simulated": row.simulated, "differences": counted},
        topic="enforcement.reconciled",
    )
    open_cases(row, [one for found in chosen.values() for one in found], actor=actor, now=now)
    return row


def _chosen(
    report: IncomingReport, kind: str, which: npt.NDArray[np.intp], seen: Observations
) -> list[Found]:
    """The terminals that get a case (rules 2 and 3)."""
    known = with_case(report, kind)
    latest = which[np.argsort(-seen.last_seen_ns[which], kind="stable")].tolist()
    named = ((row, differences.subject(int(seen.key[row]))) for row in latest)
    fresh = islice(((row, subject) for row, subject in named if subject not in known), MAX_CASES)
    return [Found(kind, subject, differences.detail(seen, row, report.serial)) for row, subject in fresh]
