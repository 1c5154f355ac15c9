"""Will my terminal work? One box, one sentence, never the holder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils.html import strip_tags

from groundpass.kernel.core.ids import show
from support.ids import invent_utids
from support.world import WAITING

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import Settings

    from support.world import Desk


def answer(client: Client, terminal: str, language: str = "en") -> str:
    response = client.post("/check/", {"terminal": terminal}, headers={"accept-language": language})
    found = re.search(r'<div class="gp-answer.*?</div>', response.content.decode(), re.DOTALL)
    return " ".join(strip_tags(found.group()).split()) if found else ""


def test_a_registered_terminal_works(desk: Desk, visit: Client) -> None:
    terminal = show(desk.registrations[1].terminal.value)
    assert answer(visit, terminal).endswith("This terminal is registered.")
    assert answer(visit, terminal, "uk").endswith("Цей термінал зареєстровано.")


def test_a_suspended_one_says_so_and_not_why(desk: Desk, visit: Client) -> None:
    said = answer(visit, show(desk.registrations[0].terminal.value))
    assert "suspended" in said
    assert "lost" not in said


def test_a_waiting_one_says_that_it_waits(desk: Desk, visit: Client) -> None:
    assert "waiting for its decision" in answer(visit, WAITING[0])


def test_an_unknown_one_looks_like_one_that_is_not_registered(desk: Desk, visit: Client) -> None:
    unknown = next(invent_utids(1234))
    assert "no registration of this terminal" in answer(visit, unknown)


def test_case_blanks_and_the_prefix_do_not_matter(desk: Desk, visit: Client) -> None:
    terminal = desk.registrations[1].terminal.value
    assert "is registered" in answer(visit, f"  UT{terminal.upper()} ")


@pytest.mark.parametrize("typed", ["ut01000000-0000000o-00c326fa", "ut010000000000000000c326fa"])
def test_a_mistyped_number_gets_its_likely_fix_as_a_button(desk: Desk, visit: Client, typed: str) -> None:
    response = visit.post("/check/", {"terminal": typed})
    assert response.status_code == 422
    page = response.content.decode()
    assert 'value="terminal=ut01000000-00000000-00c326fa"' in page
    assert "gp-answer" not in page


def test_the_button_asks_for_what_it_says(desk: Desk, visit: Client) -> None:
    fixed = show(desk.registrations[1].terminal.value)
    typed = fixed.replace("-", " ")
    response = visit.post("/check/", {"terminal": typed, "accept": f"terminal={fixed}"})
    assert "This terminal is registered" in response.content.decode()


def test_the_answer_never_names_the_holder(desk: Desk, visit: Client) -> None:
    page = visit.post("/check/", {"terminal": show(desk.registrations[1].terminal.value)}).content.decode()
    assert desk.registrations[1].holder.name not in page
    assert desk.registrations[1].holder.tax_id not in page


def test_a_number_never_stands_in_an_address(desk: Desk, visit: Client) -> None:
    page = visit.get("/").content.decode()
    assert '<form method="post" action="/check/"' in page


def test_the_box_is_for_people_and_not_for_walking_through_all_numbers(
    desk: Desk, visit: Client, settings: Settings
) -> None:
    settings.GROUNDPASS_CHECK_RATE = "3/m"
    statuses = [visit.post("/check/", {"terminal": WAITING[0]}).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_the_first_page_shows_counts_and_needs_no_account(desk: Desk, visit: Client) -> None:
    page = visit.get("/").content.decode()
    assert re.search(r"Registered terminals</dt>\s*<dd><span[^>]*>2<", page)
    assert re.search(r"Suspended</dt>\s*<dd><span[^>]*>1<", page)
