"""The signed reports themselves, kept as they came: `GROUNDPASS_HOME/enforcement/<feed>/<sha256>.json`.

The operator's signature stays with what it signed, so that nobody has to believe our rows. A file is named by
its own hash, which is in the row as well: it is read back whole or not at all.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from groundpass.kernel.core.errors import NotVerified
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.trust.signing import MAX_DOCUMENT, open_document, read_public_key
from groundpass.kernel.wire.enforcement import PAYLOAD_TYPE, decode

if TYPE_CHECKING:
    from groundpass.authority.enforcement.models import IncomingReport
    from groundpass.kernel.wire.observations import Observations

FOLDER: Final = "enforcement"


def save(feed: str, document: bytes) -> tuple[str, str]:
    """Keep a signed report; gives its place under GROUNDPASS_HOME and its hash. Raises CannotRun."""
    sha256 = hashlib.sha256(document).hexdigest()
    place = f"{FOLDER}/{feed}/{sha256}.json"
    write_whole(_home() / place, document, mode=0o600)
    return place, sha256


def observations_of(report: IncomingReport) -> Observations:
    """What the operator saw. Raises CannotRun where the file is gone, NotVerified where it is another."""
    document = read_whole(_home() / report.document, limit=MAX_DOCUMENT)
    if hashlib.sha256(document).hexdigest() != report.document_sha256:
        raise NotVerified(
            f"The file of the {report} is not the one that came in", todo=f"Restore {report.document}"
        )
    key = read_public_key(report.feed.operator_sign_public_key.encode())
    return decode(open_document(document, [key], PAYLOAD_TYPE)).seen()


def _home() -> Path:
    return Path(settings.GROUNDPASS_HOME)
