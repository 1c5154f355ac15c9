"""Every page, in both languages, on a desk and on a phone: axe-core finds nothing, nothing is cut off.

Pictures for the docs are taken on the way: `<page>-en`, `<page>-uk`, `<page>-uk-phone`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from browser.conftest import DESKTOP, PHONE
from browser.looks import complaints, picture, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browser.conftest import Site

# name → (who visits, address)
PAGES: Final = {
    "front": (None, "/"),
    "check": (None, "/check/"),
    "effect": (None, "/effect/"),
    "sign-in": (None, "/accounts/login/"),
    "not-found": (None, "/nowhere/"),
    "home-officer": ("officer", "/home/"),
    "home-stranger": ("stranger", "/home/"),
    "clerk-register": ("clerk", "/clerk/register/"),
    "clerk-receipt": ("clerk", "/clerk/receipts/{application}/"),
    "liaison-register": ("liaison", "/clerk/register/"),
    "reviewer-queue": ("reviewer", "/reviewer/queue/"),
    "reviewer-application": ("reviewer", "/reviewer/applications/{application}/"),
    "officer-territories": ("officer", "/officer/territories/"),
    "officer-territory-import": ("officer", "/officer/territories/import/"),
    "officer-rules": ("officer", "/officer/rules/"),
    "officer-ruleset": ("second_officer", "/officer/rules/{proposal}/"),
    "officer-propose": ("officer", "/officer/rules/propose/"),
    "officer-releases": ("officer", "/officer/releases/"),
    "officer-release": ("officer", "/officer/releases/northwind/2/"),
    "officer-release-keys": ("officer", "/officer/releases/northwind/1/"),
    "engineer-feeds": ("engineer", "/operator/feeds/"),
    "engineer-feed": ("engineer", "/operator/feeds/northwind/"),
    "auditor-events": ("auditor", "/auditor/events/"),
    "not-yours": ("clerk", "/reviewer/queue/"),
    "account-password": ("clerk", "/accounts/password/change/"),
    "account-factors": ("clerk", "/accounts/2fa/"),
    "account-reauthenticate": ("clerk", "/accounts/reauthenticate/"),
}


def address(site: Site, path: str) -> str:
    return path.format(application=site.world.applications[0].uuid, proposal=site.world.proposal.number)


def everybody(site: Site, **kind: Any) -> dict[str | None, Page]:
    """A browser of each role, and of nobody."""
    roles = {role for role, _ in PAGES.values()}
    return {role: site.visit(getattr(site.world.cast, role) if role else None, **kind) for role in roles}


def opened(site: Site, page: Page, path: str) -> Page:
    """A page that has settled: its map stands, where it has one."""
    page.goto(address(site, path), wait_until="load")
    if page.locator("[data-map]").count():
        page.wait_for_selector("[data-map][data-state]", timeout=20_000)
    return page


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_page_is_clean_on_a_desk_and_on_a_phone(site: Site, language: str) -> None:
    found: list[str] = []
    for suffix, viewport in (("", DESKTOP), ("-phone", PHONE)):
        visitors = {
            role: site.visit(
                getattr(site.world.cast, role) if role else None, language=language, viewport=viewport
            )
            for role in {role for role, _ in PAGES.values()}
        }
        for name, (role, path) in PAGES.items():
            page = opened(site, visitors[role], path)
            assert page.locator("html").get_attribute("lang") == language
            found += complaints(page) + too_wide(page)
            if not suffix or language == "uk":
                picture(page, f"{name}-{language}{suffix}")
    assert found == []


def test_every_page_is_clean_in_the_dark(site: Site) -> None:
    found: list[str] = []
    visitors = everybody(site, dark=True)
    for name, (role, path) in PAGES.items():
        page = opened(site, visitors[role], path)
        found += complaints(page)
        if name in {"front", "officer-territories", "officer-release", "effect"}:
            picture(page, f"{name}-en-dark")
    assert found == []
