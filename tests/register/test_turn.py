"""Every turn that a registration may take, and every one that it may not."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from groundpass.authority.audit.api import events_for, waiting
from groundpass.authority.register.api import Registration, resume, revoke, suspend
from groundpass.authority.register.domain.lifecycle import (
    APPLICATION_MOVES,
    REGISTRATION_MOVES,
    ApplicationState,
    RegistrationState,
    check_application_move,
    check_registration_move,
)
from groundpass.authority.register.models import RegistrationFlip
from groundpass.kernel.core.errors import BadInput, NoRight, Refused
from support.register import registered
from support.times import HOUR, NOW

if TYPE_CHECKING:
    from support.cast import Cast


@pytest.mark.django_db
def test_suspended_resumed_revoked_and_every_turn_is_told(country: Cast):
    registration = registered(country)
    suspend(registration, "Lost", actor=country.reviewer, now=NOW + HOUR, clause="§ 5")
    resume(registration, "Found", actor=country.second_reviewer, now=NOW + 2 * HOUR)
    revoke(registration, "Sold", actor=country.reviewer, now=NOW + 3 * HOUR)
    assert Registration.objects.get().state == "revoked"
    flips = RegistrationFlip.objects.order_by("pk").values_list("from_state", "to_state", "reason", "clause")
    assert list(flips) == [
        ("", "approved", "", ""),
        ("approved", "suspended", "Lost", "§ 5"),
        ("suspended", "approved", "Found", ""),
        ("approved", "revoked", "Sold", ""),
    ]
    verbs = [event.verb for event in events_for(f"registration:{registration.uuid}")]
    assert verbs == ["register.approve", "register.suspend", "register.resume", "register.revoke"]
    assert waiting("register.changed").count() == 4


@pytest.mark.django_db
def test_a_turn_needs_the_right_a_reason_and_a_state_from_which_it_exists(country: Cast):
    registration = registered(country)
    for verb in (suspend, revoke, resume):
        with pytest.raises(NoRight):
            verb(registration, "Because", actor=country.clerk, now=NOW)
    with pytest.raises(BadInput, match="A reason"):
        suspend(registration, "", actor=country.reviewer, now=NOW)
    with pytest.raises(Refused, match="The registration is approved and cannot become approved"):
        resume(registration, "Because", actor=country.reviewer, now=NOW)
    revoke(registration, "Because", actor=country.reviewer, now=NOW)
    for verb in (suspend, revoke, resume):
        with pytest.raises(Refused, match=r"That is final\. Submit a new application"):
            verb(registration, "Because", actor=country.reviewer, now=NOW)
    assert RegistrationFlip.objects.count() == 2


@pytest.mark.parametrize(
    ("moves", "states", "check"),
    [
        (APPLICATION_MOVES, list(ApplicationState), check_application_move),
        (REGISTRATION_MOVES, ["", *RegistrationState], check_registration_move),
    ],
)
def test_only_the_moves_of_the_table_exist(moves: object, states: list[str], check: object):
    for one, other in product(states, states):
        if other in moves.get(one, ()):
            check(one, other)
        else:
            with pytest.raises(Refused, match="cannot become"):
                check(one, other)


def test_what_is_over_stays_over():
    ends = set(RegistrationState) - set(REGISTRATION_MOVES)
    assert ends == {"revoked", "expired", "transferred", "withdrawn"}
    assert set(APPLICATION_MOVES) == {"submitted"}
