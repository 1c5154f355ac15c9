"""Append-only events, the head of their chain, and the outbox.

Rows of `Event` are written by `commands/record.py` alone. Triggers of the database refuse to change or remove
them (migration 0002), whoever asks: Django, a shell, or psql.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """Something that happened, told once. `seq` counts up by one; the actor is a name, not a key.

    The actor is kept as text because events outlive people, and because audit lies below accounts.
    """

    PERSONAL_DATA: ClassVar[str] = "user name of a member of staff; nothing about holders"

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=160, db_index=True)
    clause = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    before_sha256 = models.CharField(max_length=64, blank=True)
    after_sha256 = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering: ClassVar = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.subject}"


class Head(models.Model):
    """The last link: the one row that every writer locks, so that the chain has one end.

    On PostgreSQL `SELECT … FOR UPDATE` of this row makes writers wait for each other until they commit; on
    SQLite an IMMEDIATE transaction already has. Take it last, after every other lock.
    """

    PERSONAL_DATA: ClassVar[str] = "none"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_head")]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


class Outbox(models.Model):
    """Something that another part has to hear of, written in the transaction in which it happened."""

    PERSONAL_DATA: ClassVar[str] = "none"

    event = models.ForeignKey(Event, on_delete=models.PROTECT)
    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["topic", "id"], condition=models.Q(handled_at=None), name="audit_outbox_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.event_id}"
