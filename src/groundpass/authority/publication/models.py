"""Feeds, the releases of each, and who agreed to them.

What a release says is in files (`folders.py`), named by its hash; the rows say what became of it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from groundpass.authority.accounts.api import Organisation
from groundpass.authority.policy.api import RuleSet


class Feed(models.Model):
    """The road of releases to one operator. Keys and secrets are files, never columns."""

    PERSONAL_DATA: ClassVar[str] = "none; created_by names a member of staff by reference"

    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="feeds")
    name = models.SlugField(max_length=50, unique=True)
    session = models.CharField(max_length=64)
    scheme = models.CharField(max_length=20)
    operator_wrap_public_key = models.TextField()
    operator_sign_public_key = models.TextField()
    log_key = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """One serial of a feed: built, assessed, agreed to, published. `impact` is `queries.Impact` as JSON.

    `log_salt` opens the commitment that stands in the transparency log at `log_index`.
    """

    PERSONAL_DATA: ClassVar[str] = "none; built_by names a member of staff by reference"

    class State(models.TextChoices):
        """Where a release stands. A later one that is published makes an earlier one superseded."""

        BUILT = "built"
        ASSESSED = "assessed"
        CONSENTED = "consented"
        PUBLISHED = "published"
        SUPERSEDED = "superseded"

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="releases")
    serial = models.PositiveBigIntegerField()
    session = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BUILT)
    issued_at = models.DateTimeField()
    built_at = models.DateTimeField()
    built_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entries = models.PositiveIntegerField()
    state_hash = models.CharField(max_length=64)
    ruleset = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="releases")
    impact = models.JSONField(null=True)
    demand = models.CharField(max_length=12, blank=True)
    two_people = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    log_salt = models.CharField(max_length=64)
    log_index = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "serial"], name="publication_one_release_a_serial"),
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="publication_published_says_when",
            ),
        ]
        ordering: ClassVar = ["feed", "serial"]

    def __str__(self) -> str:
        return f"release {self.serial} of {self.feed.name}"


class Consent(models.Model):
    """A person agreed to a release; the database refuses the same person twice.

    Bound to the hash of the state: it says nothing about other bytes under the same serial.
    """

    PERSONAL_DATA: ClassVar[str] = "which member of staff agreed to a release"

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="consents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "user"], name="publication_one_consent_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.release}"
