"""What was ingested. Who was active is in files of keys (`files.py`), and goes after two days."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from groundpass.authority.publication.api import Feed


class Ingest(models.Model):
    """One file of reports, turned into who was active.

    `hours`: since 1970, those that it has reports of. `shapes`: polygons that positions were tried against.
    """

    PERSONAL_DATA: ClassVar[str] = (
        "none: counts and times of a whole file; ingested_by names a member of staff"
    )

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="ingests")
    sha256 = models.CharField(max_length=64)
    ingested_at = models.DateTimeField()
    ingested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rows = models.PositiveBigIntegerField()
    left_out = models.PositiveBigIntegerField()
    terminals = models.PositiveBigIntegerField()
    hours = models.JSONField()
    shapes = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "sha256"], name="telemetry_a_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.rows} reports of {self.feed.name}"
