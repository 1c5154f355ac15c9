"""The enforcement report: what an operator received, when it applied it, and what it saw afterwards.

Rules:
1. It names the release by feed, session, serial and state hash, so that it can be held against what was sent.
2. Its counts add up: by reason and by verdict each give `decided`.
3. It carries keys of entries, never identifiers, and no positions.
4. It is canonical JSON, signed by the operator as a DSSE document of type PAYLOAD_TYPE (`trust.signing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from groundpass.kernel.core.errors import BadInput
from groundpass.kernel.core.verdicts import Flag, Reason, Verdict
from groundpass.kernel.wire import canonical, observations
from groundpass.kernel.wire.canonical import Count, Second, Session, Sha256, Word

if TYPE_CHECKING:
    from groundpass.kernel.wire.observations import Observations

PAYLOAD_TYPE: Final = "application/vnd.groundpass.enforcement+json"
MAX_BYTES: Final = 3 * 2**26  # of the JSON, which fits a signed document of 2^28 bytes as base64


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Times of the reports that were decided, UTC seconds, `[from, until)`."""

    start: Second = msgspec.field(name="from")
    end: Second = msgspec.field(name="until")


class EnforcementReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The report; `window` is null when nothing was decided, `published_at` when the feed did not say."""

    format: Literal["groundpass/enforcement/1"]
    feed: Word
    operator: Word
    session: Session
    serial: Count
    state_hash: Sha256
    published_at: Second | None
    received_at: Second
    verified_at: Second
    applied_at: Second
    window: Window | None
    decided: Count
    by_reason: dict[str, Count]
    by_verdict: dict[str, Count]
    flags: dict[str, Count]
    observed: Count
    observations: bytes

    def seen(self) -> Observations:
        """Unpack the rows. Raises BadInput when they do not read or are not as many as it says."""
        rows = observations.unpack(self.observations)
        if len(rows) != self.observed:
            raise BadInput(f"An enforcement report has {len(rows)} observations and says {self.observed}")
        return rows


def encode(report: EnforcementReport) -> bytes:
    """Give the canonical bytes. Raises BadInput when it contradicts itself."""
    _check(report)
    data = canonical.write(report)
    if len(data) > MAX_BYTES:
        raise BadInput(f"An enforcement report has {len(data)} bytes, more than {MAX_BYTES}")
    return data


def decode(data: bytes) -> EnforcementReport:
    """Read canonical bytes. Raises BadInput."""
    report = canonical.read(data, EnforcementReport, limit=MAX_BYTES)
    _check(report)
    return report


def _check(report: EnforcementReport) -> None:
    for name, counts, words in (
        ("by_reason", report.by_reason, Reason),
        ("by_verdict", report.by_verdict, Verdict),
        ("flags", report.flags, Flag),
    ):
        unknown = set(counts) - {str(word.name) for word in words}
        if unknown:
            raise BadInput(f"An enforcement report counts {sorted(unknown)} under {name}, which do not exist")
        if words is not Flag and sum(counts.values()) != report.decided:
            raise BadInput(f"The counts under {name} of an enforcement report do not add up to its decisions")
    if not report.received_at <= report.verified_at <= report.applied_at:
        raise BadInput(
            "An enforcement report was applied before it was verified, or verified before received"
        )
    if report.window and report.window.start >= report.window.end:
        raise BadInput("The window of an enforcement report is empty")
