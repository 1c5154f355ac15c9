"""What operators reported, what came of holding it against the releases, and the cases that persons decide.

Nothing here names anybody: a terminal is the key that the feed of that session gives it.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from groundpass.authority.publication.api import Feed, Release
from groundpass.kernel.core.intervals import to_seconds


class IncomingReport(models.Model):
    """An enforcement report whose signature, serial and state hash held.

    `sha256` is over what was signed: the same report, signed again, is the same row. `document` is the signed
    file under `GROUNDPASS_HOME/enforcement`, which also has the observations; `document_sha256` is its hash.
    `ingested_at` is our clock's, `received_at`, `verified_at` and `applied_at` are the operator's.
    """

    PERSONAL_DATA: ClassVar[str] = "none; its document has keyed numbers of terminals, times and verdicts"

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="reports")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="reports")
    sha256 = models.CharField(max_length=64, unique=True)
    ingested_at = models.DateTimeField()
    received_at = models.DateTimeField()
    verified_at = models.DateTimeField()
    applied_at = models.DateTimeField()
    window_start = models.DateTimeField(null=True)
    window_end = models.DateTimeField(null=True)
    counts = models.JSONField()
    document = models.CharField(max_length=200)
    document_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(received_at__lte=models.F("verified_at"))
                & models.Q(verified_at__lte=models.F("applied_at")),
                name="enforcement_times_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(window_start__isnull=True, window_end__isnull=True)
                | models.Q(
                    window_start__isnull=False,
                    window_end__isnull=False,
                    window_start__lt=models.F("window_end"),
                ),
                name="enforcement_window_lasts",
            ),
        ]

    def __str__(self) -> str:
        return f"report on {self.release}"

    @property
    def serial(self) -> int:
        """The serial that it answers for."""
        return self.release.serial

    @property
    def session(self) -> str:
        """The session whose keys it speaks in."""
        return self.release.session

    @property
    def state_hash(self) -> str:
        """Hash of the state that the operator held: equal to what was published, or it were not here."""
        return self.release.state_hash

    @property
    def published_at(self) -> int | None:
        """When we published that release, UTC seconds."""
        at = self.release.published_at
        return None if at is None else to_seconds(at)


class Reconciliation(models.Model):
    """One comparison of a report with what was promised; `figures` is `domain.figures.Figures` as JSON.

    A comparison is never changed: one made again is one more row.
    """

    PERSONAL_DATA: ClassVar[str] = "none"

    report = models.ForeignKey(IncomingReport, on_delete=models.PROTECT, related_name="reconciliations")
    serials = models.JSONField()
    figures = models.JSONField()
    simulated = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"reconciliation {self.pk} of the {self.report}"


class Case(models.Model):
    """A difference between promise and act at one terminal, which a person looks into and decides.

    `subject` is the key of the entry in hexadecimal, in the session of the report that told it.
    """

    PERSONAL_DATA: ClassVar[str] = (
        "keyed number of a terminal; decided_by names a member of staff by reference"
    )

    class State(models.TextChoices):
        """Where a case stands."""

        OPEN = "open"
        DECIDED = "decided"

    class Decision(models.TextChoices):
        """What a person found."""

        WRONGLY_CUT = "wrongly_cut"
        OPERATOR_FAULT = "operator_fault"
        LOST = "lost"
        CAPTURED = "captured"
        CLONE = "clone"
        NO_FAULT = "no_fault"

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="cases")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=16)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    detail = models.JSONField()
    decision = models.CharField(max_length=20, choices=Decision.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["feed", "kind", "subject"],
                condition=models.Q(state="open"),
                name="enforcement_one_open_case",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="open", decided_by__isnull=True, decided_at__isnull=True, decision=""
                )
                | (
                    models.Q(state="decided", decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(decision="")
                ),
                name="enforcement_decided_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
