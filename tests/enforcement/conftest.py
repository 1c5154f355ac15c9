"""What the tests of enforcement share: a public release, and an operator who signs what it says it saw."""

from __future__ import annotations

from itertools import islice

import msgspec
import pytest

from enforcement.rows import observed
from groundpass.kernel.trust.signing import sign_document
from groundpass.kernel.wire.enforcement import PAYLOAD_TYPE, EnforcementReport, Window
from groundpass.kernel.wire.observations import pack
from support.ids import invent_utids
from support.times import HOUR, NOW

STRANGERS = tuple(islice(invent_utids(4711), 200))


class World:
    """Three terminals on a list that is public since an hour after NOW (`start`), and its operator."""

    def __init__(self, cast, home, folder):
        from support.publishing import Authority

        self.cast, self.folder = cast, folder
        self.authority = Authority(cast, home)
        self.start = NOW + HOUR
        self.feed, self.signer = self.authority.feed, self.authority.operator_signer
        self.release = self.authority.publish(self.start)

    def keys_of(self, *registrations):
        """Entry keys of registrations, of the first three where none is named."""
        return self._keys(row.terminal.value for row in registrations or self.authority.registrations)

    def strangers(self, count):
        """Entry keys of terminals that nobody registered."""
        return self._keys(STRANGERS[:count])

    def _keys(self, values):
        from groundpass.authority.publication.api import entry_key_of

        return [entry_key_of(self.feed, value) for value in values]

    def says(self, *rows, release=None, **change):
        """A report that is in order: received 10, verified 12, applied 15 seconds after the publication."""
        release = release or self.release
        start = int(release.published_at.timestamp())
        seen = observed(*rows)
        report = EnforcementReport(
            format="groundpass/enforcement/1",
            feed="northwind",
            operator="northwind",
            session=release.session,
            serial=release.serial,
            state_hash=release.state_hash,
            published_at=start,
            received_at=start + 10,
            verified_at=start + 12,
            applied_at=start + 15,
            window=Window(start, start + HOUR),
            decided=2 * len(seen),
            by_reason={"UNLISTED": 2 * len(seen)},
            by_verdict={"DENY": 2 * len(seen)},
            flags={},
            observed=len(seen),
            observations=pack(seen),
        )
        return msgspec.structs.replace(report, **change)

    def signed(self, report, *, name="report.json", signer=None, kind=PAYLOAD_TYPE):
        """The file that the operator sends, also where the report contradicts itself."""
        path = self.folder / name
        payload = msgspec.json.encode(report, order="sorted")
        path.write_bytes(sign_document(payload, kind, signer or self.signer))
        return path

    def ingest(self, report, *, now=None, actor=None):
        from groundpass.authority.enforcement.api import ingest

        return ingest(
            self.signed(report), actor=actor or self.cast.engineer, now=now or self.start + 2 * HOUR
        )

    def reconcile(self, report, **more):
        from groundpass.authority.enforcement.api import reconcile

        return reconcile(report, actor=self.cast.officer, now=self.start + 2 * HOUR, **more)

    def figures(self, *rows, release=None, **more):
        """What comes of a report with these rows."""
        from groundpass.authority.enforcement.api import figures_of

        return figures_of(self.reconcile(self.ingest(self.says(*rows, release=release)), **more))


@pytest.fixture
def world(cast, home, tmp_path):
    return World(cast, home, tmp_path)
