"""The counter: what is wrong is said at once, nothing of it is stored, and there is a receipt at the end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundpass.authority.register.api import Application, find_application
from support.ids import invent_rnokpp, invent_utids

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk


def form(**changes: str) -> dict[str, str]:
    """What a clerk fills in."""
    return {
        "holder_class": "person",
        "name": "Ніна Вигадана",
        "tax_id": next(invent_rnokpp(55)),
        "document_type": "passport",
        "document_last": "7788",
        "terminal": next(invent_utids(4321)),
        "usage_class": "fixed",
        "shown": "on",
        **changes,
    }


def test_an_application_gives_a_receipt_with_its_number(desk: Desk, as_: Callable[[User], Client]) -> None:
    clerk = as_(desk.cast.clerk)
    response = clerk.post("/clerk/register/", form(), follow=True)
    page = response.content.decode()
    number = response.redirect_chain[-1][0].rstrip("/").rpartition("/")[2]
    made = find_application(number)
    assert number in page
    assert made.submitted_by == desk.cast.clerk
    assert made.office == desk.cast.office
    assert made.shown
    assert "<svg" in page
    assert "Ніна" not in page  # a receipt may be lost


def refused(client: Client, **changes: str) -> str:
    """The page of an application that was refused; nothing of it may be stored."""
    before = Application.objects.count()
    response = client.post("/clerk/register/", form(**changes))
    assert response.status_code == 422
    assert Application.objects.count() == before
    return response.content.decode()


def test_a_mistyped_number_is_explained_and_its_fix_offered(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    page = refused(as_(desk.cast.clerk), terminal="ut01000000-0000000o-00c326fa")
    assert "LATIN SMALL LETTER O" in page
    assert 'value="terminal=ut01000000-00000000-00c326fa"' in page
    assert page.index("There is a problem") < page.index('id="id_terminal"')


def test_a_box_number_in_the_wrong_field_is_named(desk: Desk, as_: Callable[[User], Client]) -> None:
    assert "this is a KIT number" in refused(as_(desk.cast.clerk), terminal="KIT00142069")


def test_everything_that_is_wrong_is_said_at_once(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = refused(as_(desk.cast.clerk), terminal="", tax_id="1234567890", name="", document_last="")
    for field in ("id_terminal", "id_tax_id", "id_name", "id_document_last"):
        assert f'href="#{field}"' in page
        assert f'id="{field}_error"' in page


def test_what_was_typed_stays_in_the_form(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = refused(as_(desk.cast.clerk), terminal="hello")
    assert 'value="Ніна Вигадана"' in page
    assert re.search(r'value="person"[^>]* checked', page)


def test_the_likely_fix_is_taken_by_its_button_alone(desk: Desk, as_: Callable[[User], Client]) -> None:
    wrong = form(terminal="ut01000000-0000000o-00c326fa")
    clerk = as_(desk.cast.clerk)
    response = clerk.post("/clerk/register/", wrong | {"accept": "terminal=ut01000000-00000000-00c326fa"})
    assert response.status_code == 302


def test_enter_never_presses_the_button_of_a_fix(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = refused(as_(desk.cast.clerk), terminal="ut01000000-0000000o-00c326fa")
    main = page[page.index("<main") :]
    first = re.search(r"<button[^>]*>", main)
    assert first
    assert "name=" not in first.group()


def test_a_terminal_of_another_holder_is_refused_without_a_word_about_them(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    taken = desk.registrations[1]
    page = refused(as_(desk.cast.clerk), terminal="ut" + taken.terminal.value)
    assert "registered to another holder" in page
    assert taken.holder.name not in page


def test_the_liaison_gives_a_sealed_reference_and_no_name(desk: Desk, as_: Callable[[User], Client]) -> None:
    liaison = as_(desk.cast.liaison)
    page = liaison.get("/clerk/register/").content.decode()
    assert 'name="sealed_reference"' in page
    assert 'name="tax_id"' not in page
    filled: dict[str, Any] = {
        "holder_class": "defence",
        "sealed_reference": "unit-0002/1",
        "terminal": next(invent_utids(777)),
        "usage_class": "vehicle",
    }
    assert liaison.post("/clerk/register/", filled).status_code == 302


def test_a_clerk_is_not_offered_the_protected_channel(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.clerk).get("/clerk/register/").content.decode()
    assert "defence" not in page
    assert "sealed" not in page.lower()


def test_the_form_speaks_ukrainian(desk: Desk, as_: Callable[[User], Client]) -> None:
    clerk = as_(desk.cast.clerk)
    response = clerk.post("/clerk/register/", form(terminal="hello"), headers={"accept-language": "uk"})
    page = response.content.decode()
    assert '<html lang="uk"' in page
    assert "— це не UTID" in page
    assert 'lang="en">' not in page.replace('lang="en">English', "")
