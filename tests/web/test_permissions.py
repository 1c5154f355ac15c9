"""Every address by every role, written down once. An address that is not in the table fails.

The table says who gets in: a letter for each role that may. `*` is everybody, also without an account; `+`
is everybody who has signed in. Whoever is signed in and may not gets 403 (404 where the thing itself is not
theirs to know of); who is not signed in is sent to sign in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from django.test import Client

    from support.world import World

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
ROLES: Final = {
    "c": "clerk",
    "h": "office_head",
    "r": "reviewer",
    "o": "officer",
    "l": "liaison",
    "e": "engineer",
    "a": "auditor",
    "H": "holder",
    "A": "admin",
    "s": "stranger",
}
# route → (who gets in, methods to try)
PAGES: Final = {
    "": ("*", "GET"),
    "check/": ("*", "GET POST"),
    "home/": ("+", "GET"),
    "clerk/register/": ("chl", "GET POST"),
    "clerk/receipts/<uuid:application>/": ("c", "GET"),
    "reviewer/queue/": ("r", "GET"),
    "reviewer/applications/<uuid:application>/": ("r", "GET"),
    "reviewer/applications/<uuid:application>/approve/": ("r", "POST"),
    "reviewer/applications/<uuid:application>/refuse/": ("r", "POST"),
    "officer/territories/": ("orae", "GET"),
    "officer/territories.geojson": ("orae", "GET"),
    "officer/territories/import/": ("o", "GET POST"),
    "officer/rules/": ("orae", "GET"),
    "officer/rules/propose/": ("o", "GET POST"),
    "officer/rules/<int:number>/": ("orae", "GET"),
    "officer/rules/<int:number>/approve/": ("o", "POST"),
    "officer/rules/<int:number>/withdraw/": ("o", "POST"),
    "officer/releases/": ("oae", "GET"),
    "officer/releases/<slug:feed>/build/": ("o", "POST"),
    "officer/releases/<slug:feed>/<int:serial>/": ("oae", "GET"),
    "officer/releases/<slug:feed>/<int:serial>/assess/": ("o", "POST"),
    "officer/releases/<slug:feed>/<int:serial>/publish/": ("o", "POST"),
    "officer/releases/<slug:feed>/<int:serial>/approval-request.json": ("o", "GET"),
    "operator/feeds/": ("oae", "GET"),
    "operator/feeds/<slug:name>/": ("oae", "GET"),
    "feeds/<slug:name>/<path:path>": ("*", "GET"),
    "operator/feeds/<slug:name>/reports/": ("oe", "POST"),
    "effect/": ("*", "GET"),
    "auditor/events/": ("a", "GET"),
    "auditor/chain/": ("a", "POST"),
    "language/": ("*", "POST"),
    "healthz": ("*", "GET"),
    "accounts/login/": ("*", "GET POST"),
    "accounts/inactive/": ("*", "GET"),
    "accounts/password/change/": ("+", "GET POST"),
}
# These change who is signed in or how: allauth's own tests hold them; here only that strangers are sent away.
SIGN_IN: Final = (
    "accounts/logout/",
    "accounts/reauthenticate/",
    "accounts/2fa/",
    "accounts/2fa/authenticate/",
    "accounts/2fa/reauthenticate/",
    "accounts/2fa/totp/activate/",
    "accounts/2fa/totp/deactivate/",
    "accounts/2fa/recovery-codes/",
    "accounts/2fa/recovery-codes/generate/",
    "accounts/2fa/recovery-codes/download/",
    "accounts/2fa/webauthn/",
    "accounts/2fa/webauthn/add/",
    "accounts/2fa/webauthn/reauthenticate/",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/",
)
OPEN_SIGN_IN: Final = frozenset({"accounts/2fa/webauthn/login/"})  # gives a passkey's challenge to anybody


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every address of the pages; the API's are in tests/rest."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        elif not route.startswith("api/"):
            yield from routes(pattern, route)


def test_every_address_is_in_the_table() -> None:
    assert sorted(routes()) == sorted({*PAGES, *SIGN_IN, *OPEN_SIGN_IN})


def address(route: str, world: World) -> str:
    """A real address: one that a person with the right would find something at."""
    parts = {
        "<uuid:application>": str(world.applications[0].uuid),
        "<int:number>": str(world.proposal.number),
        "<slug:feed>": "northwind",
        "<slug:name>": "northwind",
        "<int:serial>": str(world.published.serial),
        "<path:path>": "metadata/timestamp.json",
        "<int:pk>": "1",
    }
    for part, value in parts.items():
        route = route.replace(part, value)
    return "/" + route


def test_every_role_gets_in_where_the_table_says_and_nowhere_else(world: World, visit: Client) -> None:
    wrong = [
        f"{method} {route} as {role or 'nobody'}: {response.status_code}, may get in: {may}"
        for role in (None, *ROLES.values())
        for route, (letters, methods) in PAGES.items()
        for method in methods.split()
        for may, response in [tried(world, visit, role, route, method, letters)]
        if got_in(response) != may
    ]
    assert wrong == []


def tried(
    world: World, visit: Client, role: str | None, route: str, method: str, letters: str
) -> tuple[bool, HttpResponse]:
    """Whether the table lets a role in, and what it got."""
    if role:
        visit.force_login(getattr(world.cast, role), backend=BACKEND)
    else:
        visit.logout()
    may = letters == "*" or (role is not None and (letters == "+" or role in {ROLES[one] for one in letters}))
    call = visit.get if method == "GET" else visit.post
    response = call(address(route, world))
    response.getvalue()  # a feed's file is open until it is read
    return may, response


def got_in(response: HttpResponse) -> bool:
    """A page, a refusal of what was filled in, or the way on; not the way to sign in, 403 or 404."""
    assert response.status_code < 500
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/?")
    return response.status_code not in {403, 404, 405} and not to_sign_in


@pytest.mark.parametrize("route", SIGN_IN)
@pytest.mark.django_db
def test_a_stranger_is_sent_away_from_the_pages_of_an_account(visit: Client, route: str) -> None:
    response = visit.get("/" + route.replace("<int:pk>", "1"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(("/accounts/login/", "/"))


def test_a_receipt_is_shown_to_nobody_but_who_took_the_application(world: World, visit: Client) -> None:
    receipt = f"/clerk/receipts/{world.applications[0].uuid}/"
    visit.force_login(world.cast.clerk, backend=BACKEND)
    assert visit.get(receipt).status_code == 200
    visit.force_login(world.cast.second_clerk, backend=BACKEND)
    assert visit.get(receipt).status_code == 404


def test_an_engineer_sees_no_feed_of_another_operator(world: World, visit: Client) -> None:
    from groundpass.authority.accounts.api import appoint, create_organisation, create_user

    admin, now = world.cast.admin, world.now
    other = create_organisation("skylark", "Skylark", "operator", actor=admin, now=now)
    engineer = create_user("skylark.engineer", actor=admin, now=now)
    appoint(engineer, "engineer", organisation=other, actor=admin, now=now)
    visit.force_login(world.cast.engineer, backend=BACKEND)
    assert visit.get("/operator/feeds/northwind/").status_code == 200
    visit.force_login(engineer, backend=BACKEND)
    assert visit.get("/operator/feeds/northwind/").status_code == 403
    assert b"northwind" not in visit.get("/operator/feeds/").content
