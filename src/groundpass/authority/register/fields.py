"""A column of personal data: text in Python, ciphertext in the database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from groundpass.authority.register.domain.sealing import NONCE_BYTES
from groundpass.authority.register.keys import ring

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    Binary = models.BinaryField[str, str]
else:
    Binary = models.BinaryField


class _SealedAttribute(DeferredAttribute):
    """Opens when somebody looks, not when the row is loaded: a list of holders opens nothing."""

    field: SealedTextField

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> object:
        if instance is None:
            return self
        held = super().__get__(instance, cls)
        if isinstance(held, str):
            return held
        return ring().open(bytes(held), self.field.row(instance))

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(Binary):
    """Text that is sealed to its row on the way into the database (`domain.sealing`).

    The model needs a `uuid` that is set before the row is written; the default is `b""`, nothing. The column
    cannot be searched, nor be set by `update()`: both would need the plain text in SQL, and raise TypeError.
    """

    descriptor_class = _SealedAttribute

    def row(self, instance: models.Model) -> str:
        """What a value is bound to: table, column and row."""
        return f"{instance._meta.db_table}.{self.column}:{instance.__dict__['uuid']}"  # noqa: SLF001 - Django's documented name

    def pre_save(self, model_instance: models.Model, add: bool) -> object:  # noqa: FBT001, ARG002 - Django's
        """Seal what was set as text; leave what came from the database as it is."""
        held = model_instance.__dict__[self.attname]
        if isinstance(held, str):
            held = ring().seal(held, self.row(model_instance), os.urandom(NONCE_BYTES))
            model_instance.__dict__[self.attname] = held
        return held

    def get_prep_value(self, value: object) -> object:
        """Refuse plain text on its way into a query."""
        if isinstance(value, str):
            raise TypeError(f"{self.name} is sealed: it is neither searched nor updated in SQL")
        return value

    def from_db_value(self, value: object, expression: object, connection: BaseDatabaseWrapper) -> object:  # noqa: ARG002 - Django's
        """Bytes from both databases; PostgreSQL's driver gives a memoryview."""
        return None if value is None else bytes(value)  # type: ignore[call-overload]  # bytes or memoryview
