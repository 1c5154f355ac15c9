"""Find one terminal, one registration, one application; the reviewers' queue; what anybody may know."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from uuid import UUID

from groundpass.authority.accounts.api import User, require
from groundpass.authority.audit.api import utc
from groundpass.authority.register.domain.lifecycle import LISTED, LIVE, ApplicationState, RegistrationState
from groundpass.authority.register.models import Application, Registration, Terminal, TerminalIdentifier
from groundpass.kernel.core.errors import BadIdentifier, NotFound
from groundpass.kernel.core.ids import Identifier, normalise

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """What anybody may know of any terminal, known to the register or not: its state and one sentence.

    state: unlisted, pending, registered, expired, suspended or revoked · sentences: by language.
    """

    state: str
    sentences: dict[str, str]

    def sentence(self, language: str = "en") -> str:
        """The sentence in a language; English where there is none."""
        return self.sentences.get(language, self.sentences["en"])


@cache
def _statuses() -> dict[str, dict[str, str]]:
    path = resources.files("groundpass.authority.register").joinpath("data/status.toml")
    return tomllib.loads(path.read_text("utf-8"))


def read_identifier(text: str) -> Identifier:
    """Read a UTID or a KIT number. Raises BadIdentifier, which speaks of the UTID where it is neither."""
    try:
        return normalise(text, "utid")
    except BadIdentifier:
        try:
            return normalise(text, "kit")
        except BadIdentifier:
            pass
        raise


def find_terminal(text: str) -> Terminal:
    """Find a terminal by UTID or KIT number. Raises BadIdentifier, NotFound."""
    identifier = read_identifier(text)
    terminal = Terminal.objects.filter(scheme=identifier.scheme, value=identifier.value).first()
    if terminal is None:
        pair = TerminalIdentifier.objects.filter(scheme=identifier.scheme, value=identifier.value, ends=None)
        found = pair.select_related("terminal").first()
        terminal = found.terminal if found else None
    if terminal is None:
        raise unknown_terminal()
    return terminal


def unknown_terminal() -> NotFound:
    """The one refusal for a terminal that is not there, or not yours to see."""
    return NotFound("The register does not know this terminal", todo="Check the number")


def registration_of(terminal: Terminal) -> Registration | None:
    """The live registration of a terminal, or None."""
    live = Registration.objects.filter(terminal=terminal, state__in=LIVE)
    return live.select_related("usage_class", "application").first()


def find_application(uuid: UUID | str) -> Application:
    """Find an application. Raises NotFound."""
    found = _applications().filter(uuid=_uuid(uuid)).first()
    if found is None:
        raise NotFound(f"There is no application {uuid}")
    return found


def find_registration(uuid: UUID | str) -> Registration:
    """Find a registration. Raises NotFound."""
    found = Registration.objects.filter(uuid=_uuid(uuid)).select_related("terminal", "usage_class").first()
    if found is None:
        raise NotFound(f"There is no registration {uuid}")
    return found


def queue(actor: User) -> QuerySet[Application]:
    """Applications that wait for a decision which this person may take: oldest first, never their own.

    Raises NoRight.
    """
    require(actor, "register.approve")
    waiting = _applications().filter(state=ApplicationState.SUBMITTED).exclude(submitted_by=actor)
    return waiting.order_by("submitted_at", "pk")


def applications_of(batch: UUID) -> QuerySet[Application]:
    """The applications of one import, in the order of its lines."""
    return _applications().filter(batch=batch).order_by("pk")


def public_status(text: str, *, now: int) -> PublicStatus:
    """What anybody may know of a terminal. Unknown ones look like unregistered ones. Raises BadIdentifier."""
    try:
        terminal = find_terminal(text)
    except NotFound:
        return _status("unlisted")
    last = Registration.objects.filter(terminal=terminal).order_by("-pk").first()
    if last and last.state in LIVE:
        if last.state != LISTED:
            return _status("suspended")
        return _status("registered" if last.valid_until > utc(now) else "expired")
    if Application.objects.filter(terminal=terminal, state=ApplicationState.SUBMITTED).exists():
        return _status("pending")
    known = {RegistrationState.REVOKED: "revoked", RegistrationState.EXPIRED: "expired"}
    return _status(known.get(RegistrationState(last.state), "unlisted") if last else "unlisted")


def public_figures() -> dict[str, int]:
    """Counts for everybody: terminals listed, suspended, and applications waiting."""
    registrations = Registration.objects.filter(state__in=LIVE)
    return {
        "listed": registrations.filter(state=LISTED).count(),
        "suspended": registrations.exclude(state=LISTED).count(),
        "pending": Application.objects.filter(state=ApplicationState.SUBMITTED).count(),
    }


def _status(state: str) -> PublicStatus:
    return PublicStatus(state, _statuses()[state])


def _applications() -> QuerySet[Application]:
    return Application.objects.select_related(
        "terminal", "usage_class", "office", "submitted_by", "holder__holder_class"
    )


def _uuid(text: UUID | str) -> UUID:
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError as error:
        raise NotFound(f"{text!r} is not the number of anything here") from error
