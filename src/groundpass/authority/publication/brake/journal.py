"""What the brake remembers: every release that it signed, who lost service by it, and who had agreed.

1. An entry is on disk before its signature leaves: what was signed is counted, published or not.
2. Entries leave when they are older than the window, but the last of those: its list is that of a day ago.
   Deltas stay as long as a feed may offer them.
3. The keys of who lost lie beside the journal, named by their hash there.
4. A feed with a release and no journal is refused: a brake without memory would let anything creep.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
import numpy as np

from groundpass.authority.publication.domain.brake import WINDOW, Level, Step
from groundpass.kernel.core.errors import NotVerified
from groundpass.kernel.trust.files import read_whole, write_whole
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Count, Second, Session, Sha256
from groundpass.kernel.wire.notification import MAX_DELTAS, DeltaRef

if TYPE_CHECKING:
    import numpy.typing as npt

MAX_JOURNAL: Final = 2**26  # bytes
MAX_LOSERS: Final = 2**30  # bytes


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A release that was signed. `level`: who had agreed."""

    serial: Count
    session: Session
    state_hash: Sha256
    signed_at: Second
    level: Annotated[int, msgspec.Meta(ge=0, le=2)]
    losers_sha256: Sha256


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The journal as it lies on disk. `deltas`: those that were signed, the last 100."""

    format: Literal["groundpass/brake-journal/1"]
    signed: tuple[Signed, ...] = ()
    deltas: tuple[DeltaRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    """A folder that only the brake writes to."""

    folder: Path

    def read(self) -> tuple[Signed, ...]:
        """Every entry, oldest first. Raises BadInput where the journal does not read."""
        return self._document().signed

    def deltas(self) -> tuple[DeltaRef, ...]:
        """The deltas that were signed before."""
        return self._document().deltas

    def _document(self) -> Document:
        path = self.folder / "journal.json"
        if not path.exists():
            return Document("groundpass/brake-journal/1")
        return canonical.read(read_whole(path, limit=MAX_JOURNAL), Document, limit=MAX_JOURNAL)

    def step(self, entry: Signed) -> Step:
        """An entry with the keys of who lost. Raises CannotRun, NotVerified."""
        data = read_whole(self.folder / f"{entry.serial}.losers", limit=MAX_LOSERS)
        if hashlib.sha256(data).hexdigest() != entry.losers_sha256:
            raise NotVerified(f"Who lost service by release {entry.serial} is not what the brake recorded")
        return Step(Level(entry.level), np.frombuffer(data, "<u8").astype(np.uint64))

    def write(self, entry: Signed, losers: npt.NDArray[np.uint64], delta: DeltaRef | None) -> None:
        """Remember one more; one of the same serial and state replaces what was remembered of it."""
        write_whole(self.folder / f"{entry.serial}.losers", packed(losers), mode=0o600)
        old = self._document()
        others = tuple(one for one in old.signed if one.serial != entry.serial)
        kept, dropped = _within((*others, entry), entry.signed_at)
        deltas = [one for one in old.deltas if one.to_serial != entry.serial]
        deltas += [delta] if delta is not None else []
        document = Document("groundpass/brake-journal/1", kept, tuple(deltas[-MAX_DELTAS:]))
        write_whole(self.folder / "journal.json", canonical.write(document), mode=0o600)
        for one in dropped:
            (self.folder / f"{one.serial}.losers").unlink(missing_ok=True)


def packed(losers: npt.NDArray[np.uint64]) -> bytes:
    """Keys as the bytes that are hashed and stored."""
    return losers.astype("<u8").tobytes()


def _within(entries: tuple[Signed, ...], now: int) -> tuple[tuple[Signed, ...], tuple[Signed, ...]]:
    """Entries to keep and to drop, by rule 2."""
    old = [one for one in entries if one.signed_at <= now - WINDOW]
    dropped = tuple(old[:-1])
    return tuple(one for one in entries if one not in dropped), dropped
