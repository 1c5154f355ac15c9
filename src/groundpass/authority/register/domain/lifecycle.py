"""The life of an application and of a registration: every move that exists.

1. An application is decided once. Who submitted it may withdraw it, and nobody else decides for them.
2. A registration is born approved. It is *live* while approved or suspended; a terminal has one live
   registration at most. What is over stays over: coming back takes a new application.
3. A pending application touches nothing: no move of a registration comes from one before it is approved.
"""

from __future__ import annotations

import enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from groundpass.kernel.core.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApplicationState(enum.StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RegistrationState(enum.StrEnum):
    """Where a registration stands."""

    APPROVED = "approved"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"


A, R = ApplicationState, RegistrationState

APPLICATION_MOVES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {A.SUBMITTED: frozenset({A.APPROVED, A.REFUSED, A.WITHDRAWN})}
)
REGISTRATION_MOVES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "": frozenset({R.APPROVED}),
        R.APPROVED: frozenset({R.SUSPENDED, R.REVOKED, R.EXPIRED, R.TRANSFERRED, R.WITHDRAWN}),
        R.SUSPENDED: frozenset({R.APPROVED, R.REVOKED, R.EXPIRED, R.TRANSFERRED, R.WITHDRAWN}),
    }
)
LIVE: Final = (str(R.APPROVED), str(R.SUSPENDED))
LISTED: Final = str(R.APPROVED)  # the one state whose terminals go into a release


def check_application_move(current: str, to: str) -> None:
    """Raise Refused for a move that the life of an application does not have."""
    _check(APPLICATION_MOVES, current, to, "application")


def check_registration_move(current: str, to: str) -> None:
    """Raise Refused for a move that the life of a registration does not have."""
    _check(REGISTRATION_MOVES, current, to, "registration")


def _check(moves: Mapping[str, frozenset[str]], current: str, to: str, what: str) -> None:
    possible = moves.get(current, frozenset())
    if to not in possible:
        raise Refused(
            f"The {what} is {current} and cannot become {to}",
            why=f"from {current} it can become {', '.join(sorted(possible))}"
            if possible
            else "that is final",
            todo="Look at it again: somebody may have acted before you"
            if possible
            else "Submit a new application",
        )
