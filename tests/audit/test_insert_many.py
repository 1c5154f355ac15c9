"""The fast way to insert writes what Django's own way writes."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from groundpass.authority.audit.api import Event, insert_many, utc
from groundpass.authority.register.api import Terminal
from support.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def _event(seq: int) -> Event:
    return Event(
        seq=seq,
        at=utc(NOW),
        actor="clerk",
        verb="write",
        subject=f"thing:{seq}",
        detail={"текст": [1, None, True]},
        previous_hash="0" * 64,
        hash=f"{seq:064x}",
    )


def _as_stored(seq: int) -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM audit_event WHERE seq = %s", [seq])
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    return {name: value for name, value in row.items() if name not in {"seq", "subject", "hash"}}


def test_it_writes_the_same_as_bulk_create():
    insert_many([_event(1)])
    Event.objects.bulk_create([_event(2)])
    assert _as_stored(1) == _as_stored(2)


def test_each_row_is_given_its_own_key_over_several_statements():
    rows = [Terminal(scheme="utid", value=f"{n:08d}") for n in range(1201)]
    insert_many(rows)
    assert {row.pk: row.value for row in rows} == dict(Terminal.objects.values_list("pk", "value"))
    assert {row.uuid for row in rows} == set(Terminal.objects.values_list("uuid", flat=True))
    assert not any(row._state.adding for row in rows)


def test_a_row_that_is_there_is_refused_or_left_out():
    insert_many([Terminal(scheme="utid", value="1")])
    again = [Terminal(scheme="utid", value="1"), Terminal(scheme="utid", value="2")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(again)
    for row in again:
        row.uuid = uuid.uuid4()
    insert_many(again, ignore_conflicts=True)
    assert sorted(Terminal.objects.values_list("value", flat=True)) == ["1", "2"]


def test_no_rows_is_nothing_to_do():
    insert_many([])
    assert not Terminal.objects.exists()
