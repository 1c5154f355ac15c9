"""Rights come from roles, and a refusal says whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser

from groundpass.authority.accounts.api import (
    RIGHTS,
    Role,
    all_rights_of,
    appoint,
    has_right,
    office_of,
    require,
    require_two,
    roles_of,
)
from groundpass.kernel.core.errors import NoRight, SecondPerson
from support.times import NOW

if TYPE_CHECKING:
    from support.cast import Cast

pytestmark = pytest.mark.django_db

CHANGES_THE_REGISTER = {"register.submit", "register.submit_protected", "register.approve", "register.revoke"}


def test_who_has_the_right_passes(cast: Cast):
    require(cast.clerk, "register.submit")
    require(cast.engineer, "enforcement.ingest", organisation=cast.operator)


def test_who_has_it_not_is_told_the_right_their_roles_and_whom_to_ask(cast: Cast):
    with pytest.raises(NoRight) as refusal:
        require(cast.clerk, "release.publish")
    assert str(refusal.value) == (
        "clerk does not have the right release.publish. Their roles are: clerk. "
        "Ask one who has it: policy officer."
    )


@pytest.mark.parametrize("who", ["stranger", "holder"])
def test_an_account_alone_opens_nothing(cast: Cast, who: str):
    assert all_rights_of(getattr(cast, who)) == frozenset()


def test_django_s_superuser_has_no_right_here(cast: Cast):
    cast.stranger.is_superuser = True
    assert not any(has_right(cast.stranger, right) for right in RIGHTS)


def test_who_is_not_signed_in_has_no_right(cast: Cast):
    assert roles_of(AnonymousUser()) == frozenset()
    with pytest.raises(NoRight, match="Somebody not signed in"):
        require(AnonymousUser(), "register.submit")


def test_a_closed_account_has_no_right(cast: Cast):
    cast.clerk.is_active = False
    assert not has_right(cast.clerk, "register.submit")


def test_a_clerk_acts_at_their_own_office_only(cast: Cast):
    assert has_right(cast.clerk, "register.submit", office=cast.office)
    assert not has_right(cast.clerk, "register.submit", office=cast.second_office)
    with pytest.raises(NoRight, match="at Service centre 2"):
        require(cast.clerk, "register.submit", office=cast.second_office)


def test_an_engineer_acts_for_their_own_operator_and_the_authority_for_all(cast: Cast):
    assert has_right(cast.engineer, "release.read", organisation=cast.operator)
    assert not has_right(cast.engineer, "release.read", organisation=cast.authority)
    assert has_right(cast.officer, "release.read", organisation=cast.operator)


def test_a_clerk_of_two_offices_has_no_single_one(cast: Cast):
    assert office_of(cast.clerk) == cast.office
    appoint(cast.clerk, Role.CLERK, office=cast.second_office, actor=cast.admin, now=NOW)
    assert office_of(cast.clerk) is None
    assert office_of(cast.reviewer) is None


def test_a_right_that_does_not_exist_is_a_mistake_of_ours(cast: Cast):
    with pytest.raises(KeyError):
        require(cast.admin, "register.destroy")


def test_the_same_person_is_not_two(cast: Cast):
    require_two(cast.officer, cast.second_officer)
    with pytest.raises(SecondPerson, match="officer has already acted here"):
        require_two(cast.officer, cast.officer)


def test_every_role_but_the_holder_s_has_a_use_and_no_role_has_every_right():
    used = frozenset().union(*RIGHTS.values())
    assert used == set(Role) - {Role.HOLDER}
    for role in Role:
        assert {right for right, roles in RIGHTS.items() if role in roles} != set(RIGHTS)


def test_no_role_both_changes_the_register_and_publishes():
    for right in CHANGES_THE_REGISTER:
        assert not RIGHTS[right] & RIGHTS["release.publish"]
