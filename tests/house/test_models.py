"""What the tables promise: keys point down the floors, each says what personal data it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.apps import apps

if TYPE_CHECKING:
    from django.db import models

FLOORS = [
    "audit",
    "accounts",
    "register policy",
    "publication",
    "telemetry",
    "enforcement",
]  # from the ground up
FLOOR_OF = {part: height for height, parts in enumerate(FLOORS) for part in parts.split()}

OURS = [model for model in apps.get_models() if model.__module__.startswith("groundpass.")]


def test_every_part_that_owns_tables_has_a_floor() -> None:
    assert {model._meta.app_label for model in OURS} <= set(FLOOR_OF)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model: type[models.Model]) -> None:
    own = model._meta.app_label
    for field in model._meta.get_fields(include_hidden=True):
        if not (field.is_relation and field.concrete) or not isinstance(field.related_model, type):
            continue
        other = field.related_model._meta.app_label
        if other == own or other not in FLOOR_OF:
            continue
        assert FLOOR_OF[other] < FLOOR_OF[own], (
            f"{model._meta.label}.{field.name} points up or sideways to {other}"
        )


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_says_what_personal_data_it_holds(model: type[models.Model]) -> None:
    if model._meta.auto_created:
        return  # the table of a many-to-many field: two keys and nothing else
    said = vars(model).get("PERSONAL_DATA")
    assert isinstance(said, str), f"{model._meta.label} has no PERSONAL_DATA of its own"
    assert said.strip(), f"{model._meta.label}.PERSONAL_DATA is empty: write what it holds, or 'none'"


@pytest.mark.django_db
def test_the_migrations_hold_what_the_models_say() -> None:
    from django.core.management import call_command

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
