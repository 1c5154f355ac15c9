"""People, organisations, offices, roles, and the constraint behind every act of two people."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core import checks
from django.db import models

from groundpass.authority.accounts.domain.rights import TITLES, Role


class Organisation(models.Model):
    """The authority, an operator, a company, a unit: whoever people act for."""

    PERSONAL_DATA: ClassVar[str] = "none"

    class Kind(models.TextChoices):
        """What an organisation is. An authority's people act for every organisation."""

        AUTHORITY = "authority"
        COMPANY = "company"
        OPERATOR = "operator"
        UNIT = "unit"
        NGO = "ngo"
        EMBASSY = "embassy"

    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A counter where people come: a service centre, a post office."""

    PERSONAL_DATA: ClassVar[str] = "none"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    code = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person who signs in, or the system acting by itself.

    What a user may do comes from appointments alone: `is_superuser` and Django's permissions open no door.
    """

    PERSONAL_DATA: ClassVar[str] = "user name, name and e-mail address of a member of staff"


class Appointment(models.Model):
    """A role given to a person, in an organisation or at an office, from one moment until somebody ends it.

    Why no planned end: what is in force must not hang on who reads which clock. A person ends it.
    """

    PERSONAL_DATA: ClassVar[str] = "which role a member of staff has, where, since when"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=12, choices=[(role.value, title) for role, title in TITLES.items()])
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="accounts_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"


class TwoPersonModel(models.Model):
    """What one person proposes and another approves; the database itself refuses the same person twice.

    How to use: inherit it; where the child has a `Meta` of its own, let that inherit `TwoPersonModel.Meta`
    and start its constraints with `*TwoPersonModel.Meta.constraints`. A start-up check finds a child without.
    """

    PERSONAL_DATA: ClassVar[str] = "which members of staff proposed and approved"

    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("proposed_by")),
                name="%(app_label)s_%(class)s_two_people",
            )
        ]

    @classmethod
    def check(cls, **kwargs: object) -> list[checks.CheckMessage]:
        """Report a child whose own `Meta` dropped the constraint."""
        messages = super().check(**kwargs)
        names = [constraint.name for constraint in cls._meta.constraints]
        if f"{cls._meta.app_label}_{cls._meta.model_name}_two_people" not in names:
            hint = "Start its Meta.constraints with *TwoPersonModel.Meta.constraints"
            messages.append(
                checks.Error("The two people are not held apart", hint=hint, obj=cls, id="accounts.E001")
            )
        return messages
