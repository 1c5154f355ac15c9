"""The reviewer: the queue, and one application decided by somebody else than who took it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundpass.authority.audit.api import events_for
from groundpass.authority.register import api as register
from support.register import protected
from support.world import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk


def test_the_queue_has_the_oldest_first_with_its_age(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.reviewer).get("/reviewer/queue/").content.decode()
    places = [page.index(terminal) for terminal in WAITING]
    assert places == sorted(places)
    assert "3 days" in page
    assert "3 applications wait" in page


def test_opening_an_application_shows_its_holder_and_is_written_down(
    desk: Desk, as_: Callable[[User], Client]
) -> None:
    waiting = desk.applications[0]
    page = as_(desk.cast.reviewer).get(f"/reviewer/applications/{waiting.uuid}/").content.decode()
    assert "Олена Вигадана" in page
    read = events_for(f"terminal:{waiting.terminal.uuid}").get()
    assert read.actor == "reviewer"
    assert str(waiting.uuid) in str(read.detail)


def test_approving_registers_the_terminal(desk: Desk, as_: Callable[[User], Client]) -> None:
    waiting = desk.applications[0]
    reviewer = as_(desk.cast.reviewer)
    response = reviewer.post(f"/reviewer/applications/{waiting.uuid}/approve/", follow=True)
    assert "goes into the next release" in response.content.decode()
    assert register.registration_of(waiting.terminal) is not None


def test_refusing_needs_a_reason(desk: Desk, as_: Callable[[User], Client]) -> None:
    waiting = desk.applications[0]
    reviewer = as_(desk.cast.reviewer)
    address = f"/reviewer/applications/{waiting.uuid}/refuse/"
    silent = reviewer.post(address, {"reason": " "})
    assert silent.status_code == 422
    assert "Say why, in a sentence" in silent.content.decode()
    assert reviewer.post(address, {"reason": "Two papers differ"}).status_code == 302
    assert register.find_application(waiting.uuid).state == "refused"


def test_what_was_decided_is_not_decided_again(desk: Desk, as_: Callable[[User], Client]) -> None:
    waiting = desk.applications[0]
    reviewer = as_(desk.cast.reviewer)
    register.refuse(waiting, "a reason", actor=desk.cast.second_reviewer, now=desk.now)
    response = reviewer.post(f"/reviewer/applications/{waiting.uuid}/approve/", follow=True)
    assert "cannot become approved" in response.content.decode()


def test_the_record_of_the_protected_channel_is_not_shown(desk: Desk, as_: Callable[[User], Client]) -> None:
    made = register.submit(
        protected("ut01000000-00000000-00abcdef", "unit-0009/3"), actor=desk.cast.liaison, now=desk.now
    )
    response = as_(desk.cast.reviewer).get(f"/reviewer/applications/{made.uuid}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "not yours to see" in page
    assert "unit-0009" not in page


def test_an_application_that_does_not_exist_is_not_found(desk: Desk, as_: Callable[[User], Client]) -> None:
    response = as_(desk.cast.reviewer).get("/reviewer/applications/00000000-0000-4000-8000-000000000000/")
    assert response.status_code == 404
