"""Stored words as people read them: states, roles, actions, spans of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundpass.authority.accounts.api import Role

if TYPE_CHECKING:
    from django.utils.functional import Promise

WORDS: Final[dict[str, dict[str, Promise]]] = {
    "role": {
        Role.CLERK: gettext_lazy("clerk"),
        Role.OFFICE_HEAD: gettext_lazy("head of office"),
        Role.REVIEWER: gettext_lazy("reviewer"),
        Role.OFFICER: gettext_lazy("policy officer"),
        Role.LIAISON: gettext_lazy("liaison of the protected channel"),
        Role.ENGINEER: gettext_lazy("operator's engineer"),
        Role.AUDITOR: gettext_lazy("auditor"),
        Role.HOLDER: gettext_lazy("holder"),
        Role.ADMIN: gettext_lazy("administrator"),
        Role.SYSTEM: gettext_lazy("the system itself"),
    },
    "ruleset": {
        "proposed": gettext_lazy("proposed"),
        "approved": gettext_lazy("approved"),
        "withdrawn": gettext_lazy("withdrawn"),
    },
    "release": {
        "built": gettext_lazy("built"),
        "assessed": gettext_lazy("assessed"),
        "consented": gettext_lazy("waiting for a second person"),
        "published": gettext_lazy("published"),
        "superseded": gettext_lazy("superseded"),
    },
    "application": {
        "submitted": gettext_lazy("waiting for a decision"),
        "approved": gettext_lazy("approved"),
        "refused": gettext_lazy("refused"),
        "withdrawn": gettext_lazy("withdrawn"),
    },
    "document": {
        "passport": gettext_lazy("passport"),
        "id_card": gettext_lazy("ID card"),
    },
    "action": {
        "ALLOW": gettext_lazy("allow"),
        "WATCH": gettext_lazy("allow and watch"),
        "DENY": gettext_lazy("deny"),
    },
    "verdict": {
        "ALLOW": gettext_lazy("allowed"),
        "DENY": gettext_lazy("denied"),
        "UNGOVERNED": gettext_lazy("not governed"),
    },
    "when_uncertain": {
        "OUTSIDE": gettext_lazy("counts as outside"),
        "INSIDE": gettext_lazy("counts as inside"),
        "MAJORITY": gettext_lazy("counts where most of it lies"),
    },
}

MINUTE: Final = 60  # seconds
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def decimal(value: float, places: int) -> str:
    """Write a number rounded to so many places; Django alone would cut the rest off."""
    return number_format(round(value, places), decimal_pos=places)


def say(kind: str, word: str) -> str:
    """Give a stored word in the reader's language; one that we do not know, as it is stored."""
    return str(WORDS[kind].get(word, word))


def span(seconds: float) -> str:
    """Say a span of time in its largest unit and the one below; under ten seconds, to a tenth."""
    if seconds < 10:  # noqa: PLR2004 - a tenth matters only where there are few
        return _("%(number)s s") % {"number": decimal(seconds, 1)}
    whole = round(seconds)
    days, hours, minutes = whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE
    parts = (
        (days, ngettext("%d day", "%d days", days)),
        (hours, ngettext("%d hour", "%d hours", hours)),
        (minutes, ngettext("%d minute", "%d minutes", minutes)),
        (whole % MINUTE, ngettext("%d second", "%d seconds", whole % MINUTE)),
    )
    first = next(index for index, (amount, _text) in enumerate(parts) if amount)
    return " ".join(text % amount for amount, text in parts[first : first + 2] if amount)
