"""Terminals, who holds them, applications, registrations, and every turn a registration took.

What is personal is sealed (`fields.SealedTextField`); what else points at a person is a row's
key. Rows are written by `commands/` alone. States and their moves: `domain.lifecycle`.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from groundpass.authority.accounts.api import Office, User
from groundpass.authority.register.domain.lifecycle import LIVE, ApplicationState, RegistrationState
from groundpass.authority.register.fields import SealedTextField


class UsageClass(models.Model):
    """How a terminal is used, and the profile under which rules treat it."""

    PERSONAL_DATA: ClassVar[str] = "none"

    code = models.SlugField(max_length=30, unique=True)
    title_en = models.CharField(max_length=100)
    title_uk = models.CharField(max_length=100)
    profile = models.SlugField(max_length=30)

    def __str__(self) -> str:
        return self.code


class HolderClass(models.Model):
    """A kind of holder: how they are known, and what proof they bring. Its limits are `Terms`."""

    PERSONAL_DATA: ClassVar[str] = "none"

    code = models.SlugField(max_length=30, unique=True)
    title_en = models.CharField(max_length=100)
    title_uk = models.CharField(max_length=100)
    tax_id_scheme = models.CharField(max_length=30, blank=True)
    tax_id_title_en = models.CharField(max_length=50, blank=True)
    tax_id_title_uk = models.CharField(max_length=50, blank=True)
    documents = models.JSONField(default=list)
    protected = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Terms(models.Model):
    """What the law allows a class from one date to another; a change of law is one more row."""

    PERSONAL_DATA: ClassVar[str] = "none"

    holder_class = models.ForeignKey(HolderClass, on_delete=models.PROTECT, related_name="terms")
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    quota_unseen = models.PositiveIntegerField(null=True)
    quota_shown = models.PositiveIntegerField(null=True)
    validity_days = models.PositiveIntegerField()
    approve_by_rule = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder_class", "starts"], name="register_terms_once"),
            models.CheckConstraint(condition=Q(validity_days__gt=0), name="register_terms_last"),
        ]

    def __str__(self) -> str:
        return f"{self.holder_class} from {self.starts}"


class Terminal(models.Model):
    """A terminal, known by its key identifier under one scheme; never removed."""

    PERSONAL_DATA: ClassVar[str] = "identifier of a device, which its registration links to a person"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.CharField(max_length=20)
    value = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "value"], name="register_terminal_once")
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class TerminalIdentifier(models.Model):
    """Another identifier of the same terminal: who said so, and how sure that is, in percent.

    An identifier belongs to one terminal at a time; a wrong pair is ended, never overwritten.
    """

    PERSONAL_DATA: ClassVar[str] = "identifier of a device, which its registration links to a person"

    class Provenance(models.TextChoices):
        """Where a pair comes from."""

        DECLARED = "declared"
        SHOWN = "shown"
        OPERATOR = "operator"

    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=20)
    value = models.CharField(max_length=100)
    provenance = models.CharField(max_length=10, choices=Provenance)
    confidence = models.PositiveSmallIntegerField()
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scheme", "value"], condition=Q(ends=None), name="register_identifier_of_one_terminal"
            ),
            models.CheckConstraint(condition=Q(confidence__lte=100), name="register_identifier_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} of {self.terminal_id}"


class Holder(models.Model):
    """Who holds terminals. `identity_index` is the blind index by which the same one is found again.

    A protected holder has a sealed reference and nothing else. `protected` is for publication's assessment
    alone: no page, list or message tells it.
    """

    PERSONAL_DATA: ClassVar[str] = (
        "name, tax number or protected reference, sealed; blind index of the number"
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder_class = models.ForeignKey(HolderClass, on_delete=models.PROTECT)
    name = SealedTextField(default=b"")
    tax_id = SealedTextField(default=b"")
    sealed_reference = SealedTextField(default=b"")
    identity_index = models.CharField(max_length=64, unique=True)
    protected = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.uuid)


class Application(models.Model):
    """Somebody asks that a terminal be registered. `batch` is the import that it came with."""

    PERSONAL_DATA: ClassVar[str] = (
        "kind of document and its last characters, sealed; links holder and terminal"
    )

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="applications")
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="applications")
    usage_class = models.ForeignKey(UsageClass, on_delete=models.PROTECT)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    shown = models.BooleanField()
    document_type = models.CharField(max_length=30, blank=True)
    document_last = SealedTextField(default=b"")
    state = models.CharField(max_length=12, default=ApplicationState.SUBMITTED.value)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    batch = models.UUIDField(null=True, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terminal"], condition=Q(state="submitted"), name="register_one_pending_application"
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn") | ~Q(decided_by=F("submitted_by")),
                name="register_application_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ApplicationState]),
                name="register_application_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["submitted_at", "id"], condition=Q(state="submitted"), name="register_queue")
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Registration(models.Model):
    """A terminal may be used by its holder, as its usage class says, from `valid_from` until `valid_until`.

    `submitted_by` is copied from the application so that the database can hold it apart from `approved_by`.
    """

    PERSONAL_DATA: ClassVar[str] = "links holder and terminal"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="registrations")
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="registrations")
    usage_class = models.ForeignKey(UsageClass, on_delete=models.PROTECT)
    profile = models.SlugField(max_length=30)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    state = models.CharField(max_length=12, default=RegistrationState.APPROVED.value)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="registration")
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terminal"], condition=Q(state__in=LIVE), name="register_one_live_registration"
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("submitted_by")), name="register_registration_two_people"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_until")), name="register_registration_lasts"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in RegistrationState]),
                name="register_registration_state",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class RegistrationFlip(models.Model):
    """One turn of a registration, written beside the change; `from_state` is empty for the first.

    How to use: the state at any moment is the last flip not after it. Nothing is ever removed from here.
    """

    PERSONAL_DATA: ClassVar[str] = "user name of a member of staff, through a key"

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="flips")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["registration", "at"], name="register_flips_of"),
            models.Index(fields=["at"], name="register_flips_at"),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
