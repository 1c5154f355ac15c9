"""The door of register."""

from __future__ import annotations

from groundpass.authority.register.commands.approve import approve, approve_many
from groundpass.authority.register.commands.decide import refuse, withdraw
from groundpass.authority.register.commands.import_file import ImportResult, import_file
from groundpass.authority.register.commands.load_classes import load_classes
from groundpass.authority.register.commands.submit import submit
from groundpass.authority.register.commands.turn import resume, revoke, suspend
from groundpass.authority.register.domain.submission import BadSubmission, Submission
from groundpass.authority.register.models import Application, Registration, Terminal
from groundpass.authority.register.queries.country import holder_classes, usage_classes
from groundpass.authority.register.queries.entries import Entry, count_at, entries_at
from groundpass.authority.register.queries.lookup import (
    PublicStatus,
    applications_of,
    find_application,
    find_registration,
    find_terminal,
    public_figures,
    public_status,
    queue,
    registration_of,
)
from groundpass.authority.register.queries.show import show

__all__ = [
    "Application",
    "BadSubmission",
    "Entry",
    "ImportResult",
    "PublicStatus",
    "Registration",
    "Submission",
    "Terminal",
    "applications_of",
    "approve",
    "approve_many",
    "count_at",
    "entries_at",
    "find_application",
    "find_registration",
    "find_terminal",
    "holder_classes",
    "import_file",
    "load_classes",
    "public_figures",
    "public_status",
    "queue",
    "refuse",
    "registration_of",
    "resume",
    "revoke",
    "show",
    "submit",
    "suspend",
    "usage_classes",
    "withdraw",
]
