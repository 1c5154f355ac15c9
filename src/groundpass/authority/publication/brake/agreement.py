"""Who agreed to a release: people by their consents, holders of the offline keys by their signatures.

1. A consent and an approval name the hash of the state, and count for nothing else.
2. The system itself may publish what needs nobody; it is not a person and never counts as one.
3. Two people are two people: the same one twice is one. Whoever built the release may be one of them.
4. An approval is a DSSE document over `Approval`, signed by one offline key; three different keys are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from groundpass.authority.accounts.api import Role, roles_of
from groundpass.authority.publication.domain.brake import PEOPLE, THRESHOLD, Demand, Level
from groundpass.kernel.core.errors import BadInput, BrakeEngaged, NotVerified, SecondPerson
from groundpass.kernel.trust.signing import open_document
from groundpass.kernel.wire import canonical
from groundpass.kernel.wire.canonical import Count, Session, Sha256, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groundpass.authority.publication.models import Release
    from groundpass.kernel.core.state import State
    from groundpass.kernel.trust.signing import Key

APPROVAL: Final = "application/vnd.groundpass.release-approval+json"
MAX_APPROVAL: Final = 4096  # bytes


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a holder of an offline key signs."""

    format: Literal["groundpass/release-approval/1"]
    feed: Word
    session: Session
    serial: Count
    state_hash: Sha256


@dataclass(frozen=True, slots=True)
class Agreement:
    """`people`: user names of persons who agreed. `keys`: how many offline keys signed."""

    people: tuple[str, ...]
    keys: int

    @property
    def level(self) -> Level:
        """The most that this is enough for."""
        if self.keys >= THRESHOLD:
            return Level.OFFLINE_KEYS
        return Level.TWO_PEOPLE if len(self.people) >= PEOPLE else Level.NONE

    def check(self, demand: Demand, state: State) -> None:
        """Let a release pass that has what it needs. Raises BrakeEngaged, SecondPerson: who is needed."""
        why = "; ".join(cause.sentence() for cause in demand.causes)
        if demand.level == Level.OFFLINE_KEYS and self.keys < THRESHOLD:
            raise BrakeEngaged(
                f"Release {state.serial} needs {THRESHOLD} of the 5 offline keys, and has {self.keys}",
                why=why,
                todo=f"Bring the holders: groundpass release publish {state.serial} --offline-keys FOLDER",
            )
        if demand.two_people and len(self.people) < PEOPLE:
            raise SecondPerson(
                f"Release {state.serial} needs two people, and has {', '.join(self.people) or 'nobody'}",
                why=why,
                todo=f"Ask a colleague who may publish to run: groundpass release publish {state.serial}",
            )


def agreed(release: Release, approvals: Iterable[bytes], root_keys: Sequence[Key]) -> Agreement:
    """Count who agreed to a release: the consents in the database, the approvals given."""
    consents = release.consents.filter(state_hash=release.state_hash).select_related("user").order_by("at")
    people = tuple(row.user.username for row in consents if is_person(roles_of(row.user)))
    return Agreement(people, _signed_by(payload(release), list(approvals), root_keys))


def is_person(roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles counts as a person (rule 2)."""
    return Role.SYSTEM not in roles


def payload(release: Release) -> bytes:
    """The bytes that a holder of an offline key signs."""
    approval = Approval(
        "groundpass/release-approval/1",
        release.feed.name,
        release.session,
        release.serial,
        release.state_hash,
    )
    return canonical.write(approval)


def _signed_by(meant: bytes, approvals: Sequence[bytes], root_keys: Sequence[Key]) -> int:
    """How many different root keys signed exactly this. What does not verify counts for nothing."""
    return sum(any(_opens(document, key, meant) for document in approvals) for key in root_keys)


def _opens(document: bytes, key: Key, meant: bytes) -> bool:
    try:
        return len(document) <= MAX_APPROVAL and open_document(document, [key], APPROVAL) == meant
    except (BadInput, NotVerified):
        return False
