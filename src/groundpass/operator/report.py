"""The enforcement report: the operator's signed answer to a release.

Rules:
1. It answers for the release that decides now: when it came, was verified and applied, and what it decided.
2. Its rows are the terminals that were seen under an authority's territory: allowed or denied at least once.
   Who was only ever seen outside, a neighbour's customer, is none of the authority's business.
3. There is no identifier and no position in it: keys of entries, verdicts, times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundpass.kernel.core.errors import CannotRun
from groundpass.kernel.core.intervals import NO_TIME, NS
from groundpass.kernel.trust.files import write_whole
from groundpass.kernel.wire import observations
from groundpass.kernel.wire.enforcement import PAYLOAD_TYPE, EnforcementReport, Window, encode
from groundpass.operator.keys import signer_of
from groundpass.operator.ledger import Ledger, Seen, Totals
from groundpass.operator.store import Store

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BuiltReport:
    """What went into the file."""

    path: str
    feed: str
    serial: int
    decided: int
    observed: int
    by_reason: dict[str, int]


def build_report(store: Path | str | Store, out: Path, *, now: int) -> BuiltReport:
    """Write the signed report of the release that decides.

    Args:
        store: the operator's store.
        out: file to write, a DSSE document.
        now: UTC seconds; a release applied later than that is not reported.

    Raises:
        CannotRun: there is no release, no signing key, no room; or the clock stands before it was applied.
    """
    from groundpass.kernel.trust.signing import sign_document

    place = store if isinstance(store, Store) else Store.open(store)
    meta = place.current_release().meta
    if meta.applied_at is None or meta.applied_at > now:
        raise CannotRun("The release was applied after this report's time", todo="Check this machine's clock")
    ledger = Ledger.load(place.folder, meta.session)
    totals = ledger.totals.get(str(meta.serial), Totals())
    seen = _governed(ledger.seen)
    report = EnforcementReport(
        format="groundpass/enforcement/1",
        feed=meta.feed,
        operator=place.settings.operator,
        session=meta.session,
        serial=meta.serial,
        state_hash=meta.state_hash,
        published_at=meta.issued,
        received_at=meta.received_at,
        verified_at=meta.verified_at,
        applied_at=meta.applied_at,
        window=_window(totals),
        decided=totals.decided,
        by_reason=totals.by_reason,
        by_verdict=totals.by_verdict,
        flags=totals.flags,
        observed=len(seen),
        observations=observations.pack(_rows(seen)),
    )
    write_whole(out, sign_document(encode(report), PAYLOAD_TYPE, signer_of(place.keys_folder)))
    return BuiltReport(str(out), meta.feed, meta.serial, totals.decided, len(seen), dict(totals.by_reason))


def _governed(seen: Seen) -> Seen:
    return seen.take((seen.first_denied_ns != NO_TIME) | (seen.first_allowed_ns != NO_TIME))


def _window(totals: Totals) -> Window | None:
    """The reports' times in whole seconds; times before 1970 are not told."""
    if totals.from_ns is None or totals.until_ns is None:
        return None
    return Window(start=max(totals.from_ns // NS, 0), end=max(totals.until_ns // NS, 0) + 1)


def _rows(seen: Seen) -> observations.Observations:
    return observations.Observations(
        key=seen.key,
        verdict=seen.verdict,
        reason=seen.reason,
        first_seen_ns=seen.first_seen_ns,
        last_seen_ns=seen.last_seen_ns,
        first_denied_ns=seen.first_denied_ns,
        first_allowed_ns=seen.first_allowed_ns,
        reports=seen.reports,
    )
