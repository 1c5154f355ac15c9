"""What holds for every page: headers, languages, errors, sign-in, health."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from support.cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk


def test_nothing_inline_and_nothing_from_elsewhere_is_allowed(desk: Desk, visit: Client) -> None:
    policy = visit.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_pages_have_no_inline_script_and_no_style(desk: Desk, as_: Callable[[User], Client]) -> None:
    for user, url in ((desk.cast.officer, "/officer/territories/"), (desk.cast.clerk, "/clerk/register/")):
        page = as_(user).get(url).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "<script>" not in page
        assert " onclick=" not in page


def test_headers_keep_browsers_careful(desk: Desk, visit: Client) -> None:
    response = visit.get("/")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]


def test_pages_of_people_who_are_signed_in_are_not_kept(desk: Desk, as_: Callable[[User], Client]) -> None:
    assert as_(desk.cast.clerk).get("/clerk/register/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("asked", "title"), [("uk", "Чи працюватиме мій термінал?"), ("en", "Will my terminal work?")]
)
def test_the_browser_s_language_is_spoken(desk: Desk, visit: Client, asked: str, title: str) -> None:
    page = visit.get("/", headers={"accept-language": asked}).content.decode()
    assert f'<html lang="{asked}"' in page
    assert title in page


def test_the_language_stays_as_it_was_chosen(desk: Desk, visit: Client) -> None:
    response = visit.post("/language/", {"language": "uk", "next": "/check/"})
    assert response["Location"] == "/check/"
    assert '<html lang="uk"' in visit.get("/").content.decode()


def test_the_switch_of_languages_leads_to_no_other_site(desk: Desk, visit: Client) -> None:
    response = visit.post("/language/", {"language": "uk", "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


@pytest.mark.parametrize(("asked", "said"), [("en", "There is nothing here"), ("uk", "Тут нічого немає")])
def test_an_address_that_leads_nowhere_has_a_page(desk: Desk, visit: Client, asked: str, said: str) -> None:
    response = visit.get("/nowhere/", headers={"accept-language": asked})
    assert response.status_code == 404
    assert said in response.content.decode()


def test_a_missing_right_has_a_page_that_says_who_has_it(desk: Desk, as_: Callable[[User], Client]) -> None:
    response = as_(desk.cast.clerk).get("/reviewer/queue/")
    page = response.content.decode()
    assert response.status_code == 403
    assert "does not have the right register.approve" in page
    assert "Ask one who has it: reviewer" in page


def test_a_fault_of_ours_shows_a_reference_and_nothing_of_the_program(
    desk: Desk, visit: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from groundpass.doors.web.citizen import views

    def broken() -> None:
        raise RuntimeError("the moon is full")

    monkeypatch.setattr(views.register, "public_figures", broken)
    response = visit.get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "This is our fault" in page
    assert "moon" not in page
    reference = page.split('<strong class="gp-code">')[1].split("<")[0]
    assert reference in caplog.text
    assert "the moon is full" in caplog.text


def test_a_form_without_its_secret_is_refused_with_a_page(desk: Desk) -> None:
    from django.test import Client as Browser

    response = Browser(enforce_csrf_checks=True).post("/check/", {"terminal": "x"})
    assert response.status_code == 403
    assert "The form has expired" in response.content.decode()


def sign_in(client: Client, password: str, name: str = "clerk") -> tuple[int, str]:
    response = client.post("/accounts/login/", {"login": name, "password": password})
    return response.status_code, response.content.decode()


def test_a_person_signs_in_and_finds_what_they_can_do(desk: Desk, visit: Client) -> None:
    page = visit.get("/accounts/login/").content.decode()
    assert "Forgot" not in page
    response = visit.post("/accounts/login/", {"login": "clerk", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/home/"
    assert "Register a terminal" in response.content.decode()


def test_a_wrong_password_tells_nothing_of_the_account(desk: Desk, visit: Client) -> None:
    wrong = sign_in(visit, "wrong")
    unknown = sign_in(visit, "wrong", "nobody-of-that-name")
    assert wrong[0] == unknown[0] == 200
    assert "There is a problem" in wrong[1]


def test_too_many_wrong_passwords_lock_the_name_and_nobody_else(desk: Desk, visit: Client) -> None:
    statuses = [sign_in(visit, "wrong")[0] for _ in range(6)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert sign_in(visit, PASSWORD)[0] == 429
    assert sign_in(visit, PASSWORD, "reviewer")[0] == 302


def test_there_is_no_way_to_sign_up(desk: Desk, visit: Client) -> None:
    assert visit.get("/accounts/signup/").status_code == 404


def test_the_menu_has_what_a_role_opens_and_no_more(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.reviewer).get("/home/").content.decode()
    assert "/reviewer/queue/" in page
    assert "/clerk/register/" not in page
    assert "/auditor/events/" not in page


def test_health_is_one_word(desk: Desk, visit: Client) -> None:
    assert visit.get("/healthz").content == b"ok\n"


@override_settings(LANGUAGE_CODE="en")
def test_times_are_shown_in_the_country_s_zone(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.officer).get("/officer/rules/1/", headers={"accept-language": "uk"}).content.decode()
    assert 'datetime="2026-02-09T08:00:00+00:00">9 лютого 2026, 10:00<' in page
