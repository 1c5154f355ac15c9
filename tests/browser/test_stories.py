"""People at work in a browser: by keyboard, without JavaScript, with a mistake on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.conftest import NO_GL, PHONE, QUIET, executable
from browser.looks import complaints, picture, too_wide
from support.cast import PASSWORD
from support.ids import invent_rnokpp, invent_utids

if TYPE_CHECKING:
    from playwright.sync_api import Page, Playwright

    from browser.conftest import Site

FRESH = next(invent_utids(4321))


def fill_application(page: Page, terminal: str) -> None:
    page.get_by_label("Natural person").check()
    page.get_by_label("Name").fill("Ніна Вигадана")
    page.get_by_label("Tax number").fill(next(invent_rnokpp(55)))
    page.get_by_label("Document shown").select_option("passport")
    page.get_by_label("Last four characters").fill("7788")
    page.get_by_label("UTID of the terminal").fill(terminal)
    page.get_by_label("I have seen the terminal").check()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_clerk_takes_an_application_and_a_typing_error_is_caught(site: Site, javascript: bool) -> None:
    page = site.visit(site.world.cast.clerk, javascript=javascript)
    page.goto("/clerk/register/")
    mistyped = FRESH.replace("0", "o", 1)
    fill_application(page, mistyped)
    page.get_by_role("button", name="Take the application").click()
    assert page.get_by_role("alert").get_by_text("LATIN SMALL LETTER O").is_visible()
    if javascript:
        page.wait_for_function("document.activeElement.className === 'govuk-error-summary'")
        assert complaints(page) == []
        picture(page, "clerk-register-error-en")
    page.get_by_role("button", name=f"Use {FRESH}").click()
    assert page.get_by_role("heading", name="The application is taken").is_visible()
    assert page.get_by_text(FRESH).is_visible()


def test_a_citizen_asks_on_a_phone_and_is_answered(site: Site) -> None:
    page = site.visit(viewport=PHONE, language="uk")
    page.goto("/")
    known = "ut" + site.world.registrations[1].terminal.value
    page.get_by_label("Номер вашого термінала").fill(known.replace("-", " "))
    page.get_by_label("Номер вашого термінала").press("Enter")
    assert page.get_by_text("Можливо,").first.is_visible()
    assert complaints(page) + too_wide(page) == []
    picture(page, "check-mistyped-uk-phone")
    page.get_by_role("button", name=f"Узяти {known}").click()
    assert page.get_by_role("status").get_by_text("Цей термінал зареєстровано.").is_visible()
    assert complaints(page) + too_wide(page) == []
    picture(page, "check-answer-uk-phone")


def test_a_person_signs_in_by_keyboard_alone(site: Site) -> None:
    page = site.visit()
    page.goto("/accounts/login/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    order = []
    for _ in range(4):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        )
    assert order == ["login", "password", "Sign in", "Sign in with a passkey"]
    page.locator("[name=login]").focus()
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What you can do").wait_for()


def test_what_only_a_script_can_do_is_not_offered_without_one(site: Site) -> None:
    page = site.visit(javascript=False)
    page.goto("/accounts/login/")
    assert page.get_by_role("button", name="Sign in", exact=True).is_visible()
    assert not page.locator("#passkey_login").is_visible()


def test_the_language_is_switched_and_stays(site: Site) -> None:
    page = site.visit()
    page.goto("/check/")
    page.get_by_role("button", name="Українська").click()
    assert page.get_by_role("heading", name="Чи працюватиме мій термінал?").is_visible()
    assert page.url.endswith("/check/")
    page.goto("/effect/")
    assert page.locator("html").get_attribute("lang") == "uk"


def test_a_reviewer_decides_and_the_officers_publish(site: Site) -> None:
    cast = site.world.cast
    page = site.visit(cast.reviewer)
    page.goto("/reviewer/queue/")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("button", name="Approve").click()
    assert page.get_by_role("status").get_by_text("goes into the next release").is_visible()
    officer = site.visit(cast.officer)
    officer.goto("/officer/releases/")
    officer.get_by_role("button", name="Build the next release").click()
    assert officer.get_by_role("heading", name="Release 3").is_visible()
    assert officer.get_by_role("img", name="The brake").is_visible()
    officer.get_by_role("button", name="Publish").click()
    assert officer.get_by_role("status").get_by_text("Release 3 is published").is_visible()
    assert complaints(officer) == []


def test_what_needs_keys_says_so_and_offers_to_take_approvals(site: Site) -> None:
    from groundpass.authority.policy import api as policy
    from groundpass.authority.publication import api as publication
    from support.world import RULES

    cast, now = site.world.cast, site.world.now
    stricter = policy.propose(RULES.replace("75", "60"), actor=cast.officer, now=now)
    policy.approve(stricter.number, actor=cast.second_officer, now=now)
    made = publication.build(site.world.feed, actor=cast.officer, now=now)
    publication.assess(made, actor=cast.officer, now=now)
    for language in ("en", "uk"):
        page = site.visit(cast.officer, language=language)
        page.goto(f"/officer/releases/northwind/{made.serial}/")
        assert page.locator("[name=approvals]").is_visible()
        assert complaints(page) == []
        picture(page, f"officer-release-brake-{language}")


def test_the_map_lives_where_there_is_webgl(site: Site) -> None:
    page = site.visit(site.world.cast.officer)
    page.goto("/officer/territories/")
    page.wait_for_selector("[data-map][data-state=live]", timeout=20_000)
    assert page.get_by_role("button", name="Zoom in").is_visible()
    assert page.locator(".gp-map__drawing").count() == 0


def test_the_drawing_stays_where_there_is_no_webgl(site: Site, playwright: Playwright) -> None:
    poor = playwright.chromium.launch(executable_path=executable(), args=[*QUIET, *NO_GL])
    try:
        page = site.visit(site.world.cast.officer, browser=poor)
        page.goto("/officer/territories/", wait_until="networkidle")
        page.wait_for_selector("[data-map][data-state=drawn]")
        assert page.get_by_role("img", name="Map of the territories").is_visible()
        assert complaints(page) == []
        picture(page, "officer-territories-drawn-en")
        site.contexts.remove(page.context)
        page.context.close()
    finally:
        poor.close()


def test_a_receipt_prints_without_the_frame(site: Site) -> None:
    page = site.visit(site.world.cast.clerk)
    page.goto(f"/clerk/receipts/{site.world.applications[0].uuid}/")
    page.emulate_media(media="print")
    assert not page.locator(".gp-header").is_visible()
    assert not page.get_by_role("button", name="Print the receipt").is_visible()
    assert page.locator(".gp-receipt").is_visible()
    picture(page, "clerk-receipt-print-en")
