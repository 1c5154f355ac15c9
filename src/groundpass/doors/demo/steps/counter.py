"""At the counter: a clerk registers a holder's terminal, and a mistyped number is caught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundpass.authority.register.api import (
    BadSubmission,
    Registration,
    Submission,
    approve,
    submit,
)
from groundpass.kernel.core.errors import Refused

if TYPE_CHECKING:
    from groundpass.doors.demo.cast import Cast
    from groundpass.doors.demo.people import People

CYRILLIC_O = "\u041e"  # looks like a Latin O, and on paper like a nought


@dataclass(frozen=True, slots=True)
class AtTheCounter:
    """The number as it was typed, what the clerk was told, the likely fix, and the registration."""

    typed: str
    told: str
    suggestion: str
    registration: Registration


def register_in_person(terminal: str, cast: Cast, people: People, *, now: int) -> AtTheCounter:
    """A clerk types the number of `terminal` wrongly, takes the suggestion, and a reviewer approves."""
    typed = mistype(terminal)
    name, number = people.person()
    told, suggestion = _try(typed, name, number, cast, now)
    application = submit(_form(suggestion, name, number), actor=cast.clerk, now=now + 60)
    registration = approve(application, actor=cast.reviewer, now=now + 3600)
    return AtTheCounter(typed, told, suggestion, registration)


def register_now(terminal: str, cast: Cast, people: People, *, now: int) -> Registration:
    """The same without a mistake and without a wait: the reviewer sits beside."""
    name, number = people.person()
    application = submit(_form(terminal, name, number), actor=cast.clerk, now=now)
    return approve(application, actor=cast.reviewer, now=now)


def mistype(terminal: str) -> str:
    """The first nought of the last group becomes the letter O of the Ukrainian keyboard."""
    head, dash, last = terminal.rpartition("-")
    return head + dash + last.replace("0", CYRILLIC_O, 1)


def _try(typed: str, name: str, number: str, cast: Cast, now: int) -> tuple[str, str]:
    """Submit what was typed: it is refused, with the likely fix."""
    try:
        submit(_form(typed, name, number), actor=cast.clerk, now=now)
    except BadSubmission as error:
        problem = error.problems[0]
        return problem.what, problem.suggestion or ""
    raise Refused(f"The mistyped number {typed} was taken", todo="The story cannot go on: report this")


def _form(terminal: str, name: str, number: str) -> Submission:
    """A form as a clerk fills it in at the counter, the terminal on the desk."""
    return Submission(
        terminal=terminal,
        holder_class="person",
        usage_class="fixed",
        tax_id=number,
        name=name,
        shown=True,
        document_type="id_card",
        document_last="4711",
    )
