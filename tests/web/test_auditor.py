"""The auditor reads the chain, and sees when it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from django.test import Client

    from groundpass.authority.accounts.api import User
    from support.world import Desk


def test_events_of_one_thing_are_found(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.auditor).get("/auditor/events/?subject=ruleset:1").content.decode()
    assert "policy.propose" in page
    assert "policy.approve" in page
    assert "release.build" not in page


def test_long_lists_come_in_pages(
    desk: Desk, as_: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from groundpass.doors.web.auditor import views

    monkeypatch.setattr(views, "PAGE", 5)
    first = as_(desk.cast.auditor).get("/auditor/events/").content.decode()
    assert "Page 1 of" in first
    assert "Older" in first
    assert "?page=2" in first


def test_a_chain_that_holds_says_so(desk: Desk, as_: Callable[[User], Client]) -> None:
    page = as_(desk.cast.auditor).post("/auditor/chain/").content.decode()
    assert "The chain holds" in page


def test_an_altered_event_is_found(desk: Desk, as_: Callable[[User], Client]) -> None:
    from groundpass.authority.audit.api import Event

    triggers.drop()
    try:
        Event.objects.filter(seq=3).update(actor="somebody-else")
    finally:
        triggers.create()
    page = as_(desk.cast.auditor).post("/auditor/chain/").content.decode()
    assert "The chain is broken at event 3" in page
