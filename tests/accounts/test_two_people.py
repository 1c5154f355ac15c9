"""Two people are two people for the database as well, whoever writes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest
from django.db import IntegrityError, connection, models
from django.test.utils import isolate_apps

from groundpass.authority.accounts.api import TwoPersonModel

if TYPE_CHECKING:
    from support.cast import Cast

APP = "groundpass.authority.accounts"


@isolate_apps(APP)
def _kept() -> type[TwoPersonModel]:
    class Kept(TwoPersonModel):
        class Meta(TwoPersonModel.Meta):
            app_label = "accounts"

    return Kept


@pytest.fixture
def kept(transactional_db: None):
    model = _kept()
    with connection.schema_editor() as editor:
        editor.create_model(model)
    yield model
    with connection.schema_editor() as editor:
        editor.delete_model(model)


@pytest.mark.postgres
def test_the_database_refuses_the_same_person_even_when_the_command_is_bypassed(
    kept: type[TwoPersonModel], cast: Cast
):
    row = kept.objects.create(proposed_by_id=cast.officer.pk)
    with pytest.raises(IntegrityError, match="accounts_kept_two_people"):
        kept.objects.filter(pk=row.pk).update(approved_by_id=cast.officer.pk)
    with pytest.raises(IntegrityError, match="accounts_kept_two_people"):
        kept.objects.create(proposed_by_id=cast.officer.pk, approved_by_id=cast.officer.pk)
    assert kept.objects.filter(pk=row.pk).update(approved_by_id=cast.second_officer.pk) == 1


@isolate_apps(APP)
def test_a_child_that_drops_the_constraint_is_found_at_start_up():
    class Dropped(TwoPersonModel):
        class Meta:
            app_label = "accounts"
            constraints: ClassVar[list[models.BaseConstraint]] = []

    assert "accounts.E001" in {message.id for message in Dropped.check()}
    assert "accounts.E001" not in {message.id for message in _kept().check()}
