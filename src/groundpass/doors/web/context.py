"""What every page shows: who is signed in, where they can go, the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from groundpass.authority.accounts.api import User, all_rights_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Place:
    """A page that a right opens, as the menu and the home of a role name it."""

    name: str
    right: str
    title: Promise
    purpose: Promise


PLACES: Final = (
    Place(
        "clerk-register",
        "register.submit",
        _("Register a terminal"),
        _("Take an application at the counter, and give a receipt."),
    ),
    Place(
        "reviewer-queue",
        "register.approve",
        _("Applications"),
        _("Approve or refuse what the counters have taken."),
    ),
    Place(
        "officer-territories",
        "policy.read",
        _("Territories"),
        _("See where the rules apply, and import a territory."),
    ),
    Place("officer-rules", "policy.read", _("Rules"), _("Propose a rule set, or approve a colleague's.")),
    Place(
        "officer-releases",
        "release.read",
        _("Releases"),
        _("Build a release, see who would lose service, and publish it with a second person."),
    ),
    Place(
        "engineer-feeds",
        "log.read",
        _("Feeds"),
        _("See what the operators can fetch, and what they reported back."),
    ),
    Place(
        "auditor-events",
        "audit.read",
        _("Audit"),
        _("Read what was done, and check that nothing was altered."),
    ),
)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu."""

    url: str
    title: Promise
    purpose: Promise
    here: bool


def places_of(user: object) -> list[Place]:
    """Give the pages that somebody's rights open, in the order of the road."""
    if not isinstance(user, User):
        return []
    rights = all_rights_of(user)
    return [place for place in PLACES if place.right in rights]


def page(request: HttpRequest) -> dict[str, Any]:
    """Give every template the menu, asked for only where it is shown, and the languages by their names."""
    return {"menu": SimpleLazyObject(lambda: _menu(request)), "languages": settings.LANGUAGES}


def _menu(request: HttpRequest) -> list[MenuItem]:
    items = []
    for place in places_of(getattr(request, "user", None)):
        url = reverse(place.name)
        items.append(MenuItem(url, place.title, place.purpose, request.path.startswith(url)))
    return items
