"""What anybody may know of a terminal, and what only those with a purpose may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groundpass.authority.audit.api import events_for
from groundpass.authority.register.api import (
    approve,
    find_application,
    find_registration,
    find_terminal,
    public_figures,
    public_status,
    refuse,
    resume,
    revoke,
    show,
    submit,
    suspend,
)
from groundpass.kernel.core.errors import BadIdentifier, BadInput, NoRight, NotFound
from support.register import RNOKPP, UTIDS, person, protected, registered
from support.times import DAY, NOW

if TYPE_CHECKING:
    from support.cast import Cast

pytestmark = pytest.mark.django_db


def _state(now: int = NOW) -> str:
    return public_status(UTIDS[0], now=now).state


def test_the_status_follows_the_life_of_a_terminal(country: Cast):
    assert _state() == "unlisted"
    first = submit(person(), actor=country.clerk, now=NOW)
    assert _state() == "pending"
    refuse(first, "Illegible", actor=country.reviewer, now=NOW)
    assert _state() == "unlisted"
    application = submit(person(), actor=country.clerk, now=NOW)
    registration = approve(application, actor=country.reviewer, now=NOW)
    assert _state() == "registered"
    assert _state(NOW + 1096 * DAY - 1) == "registered"
    assert _state(NOW + 1096 * DAY) == "expired"
    suspend(registration, "Lost", actor=country.reviewer, now=NOW)
    assert _state() == "suspended"
    resume(registration, "Found", actor=country.reviewer, now=NOW)
    revoke(registration, "Sold", actor=country.reviewer, now=NOW)
    assert _state() == "revoked"


def test_an_unknown_terminal_looks_like_an_unregistered_one(country: Cast):
    unknown = public_status(UTIDS[9], now=NOW)
    refuse(submit(person(), actor=country.clerk, now=NOW), "No", actor=country.reviewer, now=NOW)
    assert public_status(UTIDS[0], now=NOW) == unknown
    assert public_status("KIT00142069", now=NOW) == unknown


def test_a_protected_terminal_looks_like_any_other(country: Cast):
    registered(country, person(UTIDS[0]))
    registered(country, protected(UTIDS[1]))
    assert public_status(UTIDS[0], now=NOW) == public_status(UTIDS[1], now=NOW)


def test_the_status_is_a_sentence_in_both_languages_and_names_nobody(country: Cast):
    registered(country)
    status = public_status(UTIDS[0].upper(), now=NOW)
    assert status.sentence("en") == "This terminal is registered."
    assert status.sentence("uk") == "Цей термінал зареєстровано."
    assert status.sentence("pl") == status.sentence("en")
    assert "Олена" not in repr(status)
    with pytest.raises(BadIdentifier, match="is not a UTID"):
        public_status("ut0", now=NOW)


def test_public_figures_are_counts(country: Cast):
    suspend(registered(country), "Lost", actor=country.reviewer, now=NOW)
    registered(country, person(UTIDS[1], shown=True))
    submit(person(UTIDS[2], shown=True), actor=country.clerk, now=NOW)
    assert public_figures() == {"listed": 1, "suspended": 1, "pending": 1}


def test_a_record_is_shown_for_a_purpose_and_the_look_is_written_down(country: Cast):
    registration = registered(country, person(kit="KIT00142069"))
    record = show("kit00142069", actor=country.auditor, purpose="complaint 7", now=NOW + 5)
    assert (record.identifier, record.state, record.usage_class) == (UTIDS[0], "approved", "fixed")
    assert (record.holder.name, record.holder.tax_id) == ("Олена Вигадана", RNOKPP)
    assert record.other_identifiers == (("kit", "KIT00142069"),)
    assert (record.registration, record.valid_from) == (registration.uuid, NOW)
    assert [(turn.to_state, turn.actor) for turn in record.history] == [("approved", "reviewer")]
    assert record.applications[0].document_last == "4321"
    (event,) = events_for(f"terminal:{registration.terminal.uuid}")
    assert (event.verb, event.actor, event.detail) == ("read", "auditor", {"purpose": "complaint 7"})


def test_without_the_right_or_a_purpose_nothing_is_shown(country: Cast):
    registration = registered(country)
    for actor in (country.officer, country.engineer, country.stranger, country.holder):
        with pytest.raises(NoRight, match=r"register\.read"):
            show(UTIDS[0], actor=actor, purpose="curiosity", now=NOW)
    with pytest.raises(BadInput, match="for a purpose"):
        show(UTIDS[0], actor=country.auditor, purpose=" ", now=NOW)
    assert not events_for(f"terminal:{registration.terminal.uuid}")


def test_a_protected_record_is_the_liaison_s_to_see_and_nobody_else_s(country: Cast):
    registered(country, protected())
    registered(country, person(UTIDS[1]))
    record = show(UTIDS[0], actor=country.liaison, purpose="unit asks", now=NOW)
    assert record.holder.sealed_reference == "unit-0001/7"
    for actor in (country.auditor, country.clerk, country.reviewer):
        with pytest.raises(NotFound) as hidden:
            show(UTIDS[0], actor=actor, purpose="complaint", now=NOW)
        with pytest.raises(NotFound) as missing:
            show(UTIDS[9], actor=actor, purpose="complaint", now=NOW)
        assert str(hidden.value) == str(missing.value)
    with pytest.raises(NotFound):
        show(UTIDS[1], actor=country.liaison, purpose="unit asks", now=NOW)


def test_a_pending_terminal_and_one_whose_registration_is_over_are_shown_too(country: Cast):
    submit(person(), actor=country.clerk, now=NOW)
    record = show(UTIDS[0], actor=country.clerk, purpose="question at the counter", now=NOW)
    assert (record.state, record.registration, record.valid_until) == ("submitted", None, None)
    revoke(registered(country, person(UTIDS[1], shown=True)), "Sold", actor=country.reviewer, now=NOW)
    assert show(UTIDS[1], actor=country.clerk, purpose="question", now=NOW).state == "revoked"


def test_what_does_not_exist_is_not_found(country: Cast):
    for find in (find_application, find_registration):
        for text in ("6b1c7a52-3b7c-4a70-9a3c-1d2f3b4c5d6e", "x"):
            with pytest.raises(NotFound):
                find(text)
    with pytest.raises(NotFound):
        find_terminal(UTIDS[0])
    registration = registered(country)
    assert find_registration(str(registration.uuid)) == registration
    assert find_application(registration.application.uuid).registration == registration
    assert find_terminal(UTIDS[0].upper()) == registration.terminal
