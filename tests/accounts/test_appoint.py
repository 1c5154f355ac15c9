"""People come into the register one by one, each appointed by somebody else."""

from __future__ import annotations

import pytest

from groundpass.authority.accounts.api import (
    Role,
    User,
    appoint,
    create_office,
    create_organisation,
    create_user,
    end_appointment,
    find_office,
    find_organisation,
    find_user,
    found,
    has_right,
    roles_of,
)
from groundpass.authority.audit.api import events_for, verify_chain
from groundpass.kernel.core.errors import BadInput, NoRight, NotFound, Refused, SecondPerson
from support.cast import PASSWORD, Cast
from support.times import NOW

pytestmark = pytest.mark.django_db


def test_the_first_person_founds_the_register_and_manages_accounts():
    admin = found("olena", PASSWORD, now=NOW)
    assert roles_of(admin) == {Role.ADMIN}
    assert admin.check_password(PASSWORD)
    assert [event.actor for event in events_for("user:olena")] == ["set-up"] * 3


def test_nobody_founds_a_register_that_has_people(cast: Cast):
    with pytest.raises(Refused, match="has people already"):
        found("intruder", PASSWORD, now=NOW)
    assert not User.objects.filter(username="intruder").exists()


def test_an_administrator_adds_people_and_a_clerk_cannot(cast: Cast):
    user = create_user("new.clerk", name="Nova", email="nova@example.org", actor=cast.admin, now=NOW)
    assert not user.has_usable_password()
    assert roles_of(user) == frozenset()
    with pytest.raises(NoRight, match=r"clerk does not have the right accounts\.manage"):
        create_user("other", actor=cast.clerk, now=NOW)


@pytest.mark.parametrize(("username", "email"), [("a b", ""), ("", ""), ("x" * 151, ""), ("ok", "no-at")])
def test_a_user_that_does_not_read_is_refused(cast: Cast, username: str, email: str):
    with pytest.raises(BadInput, match="cannot be added"):
        create_user(username, email=email, actor=cast.admin, now=NOW)


def test_a_user_name_is_given_once(cast: Cast):
    with pytest.raises(Refused, match="There is a user 'clerk' already"):
        create_user("clerk", actor=cast.admin, now=NOW)


def test_nobody_appoints_themselves(cast: Cast):
    with pytest.raises(SecondPerson, match="Two different people"):
        appoint(cast.admin, "officer", actor=cast.admin, now=NOW)
    assert roles_of(cast.admin) == {Role.ADMIN}


def test_an_appointment_holds_until_somebody_ends_it(cast: Cast):
    appointment = appoint(cast.stranger, "auditor", actor=cast.admin, now=NOW)
    assert has_right(cast.stranger, "audit.read")
    end_appointment(appointment, actor=cast.admin, now=NOW + 60)
    assert not has_right(cast.stranger, "audit.read")
    with pytest.raises(Refused, match="has ended already"):
        end_appointment(appointment, actor=cast.admin, now=NOW + 120)
    verbs = [event.verb for event in events_for("user:stranger")]
    assert verbs == ["accounts.create_user", "accounts.appoint", "accounts.end_appointment"]
    assert verify_chain().ok


def test_a_role_or_an_office_that_does_not_fit_is_refused(cast: Cast):
    with pytest.raises(BadInput, match="There is no role 'king'"):
        appoint(cast.stranger, "king", actor=cast.admin, now=NOW)
    with pytest.raises(BadInput, match="is not an office of Northwind"):
        appoint(
            cast.stranger, "clerk", organisation=cast.operator, office=cast.office, actor=cast.admin, now=NOW
        )


def test_organisations_and_offices_are_found_by_their_codes(cast: Cast):
    assert find_organisation("northwind") == cast.operator
    assert find_office("kyiv-1") == cast.office
    assert find_user("clerk") == cast.clerk
    for find in (find_organisation, find_office, find_user):
        with pytest.raises(NotFound, match="There is no"):
            find("nowhere")


def test_a_code_that_is_taken_or_does_not_read_is_refused(cast: Cast):
    with pytest.raises(BadInput, match="cannot be added"):
        create_organisation("northwind", "Again", "operator", actor=cast.admin, now=NOW)
    with pytest.raises(BadInput, match="cannot be added"):
        create_organisation("north wind", "Blank", "operator", actor=cast.admin, now=NOW)
    with pytest.raises(BadInput, match="cannot be added"):
        create_organisation("pirates", "Pirates", "pirate", actor=cast.admin, now=NOW)
    with pytest.raises(NoRight):
        create_office(cast.authority, "odesa-1", "Service centre 3", actor=cast.officer, now=NOW)
