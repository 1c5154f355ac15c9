"""What was written stays: the database refuses to change it, and the chain shows who got past that."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from groundpass.authority.audit.api import Event, record, verify_chain
from support import triggers
from support.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def five_events(db: None):
    for number in range(1, 6):
        record(
            "write", f"thing:{number}", actor="clerk", now=NOW + number, detail={"n": number, "text": "Київ"}
        )


REFUSED = [
    "UPDATE audit_event SET actor = 'x' WHERE seq = 2",
    "DELETE FROM audit_event WHERE seq = 2",
    "DELETE FROM audit_event",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_to_change_or_remove_an_event(five_events: None, statement: str):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify_chain().checked == 5


def test_truncating_is_refused_where_the_database_knows_it(five_events: None):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_event CASCADE")  # SQLite refuses the word
    assert verify_chain().checked == 5


@pytest.mark.parametrize(
    ("tampering", "broken_at", "fault"),
    [
        ("UPDATE audit_event SET actor = 'x' WHERE seq = 3", 3, "Event 3 was altered"),
        ("""UPDATE audit_event SET detail = '{"n": 9}' WHERE seq = 1""", 1, "Event 1 was altered"),
        ("DELETE FROM audit_event WHERE seq = 3", 3, "Event 3 is missing: the next one there is 4"),
        ("DELETE FROM audit_event WHERE seq = 1", 1, "Event 1 is missing"),
        ("DELETE FROM audit_event WHERE seq > 3", 4, "The chain ends at event 3, and its head names event 5"),
        ("DELETE FROM audit_event", 1, "The chain ends at event 0, and its head names event 5"),
        ("DELETE FROM audit_head", 6, "The chain ends at event 5, and its head names event 0"),
    ],
)
def test_the_check_names_the_first_event_that_somebody_got_at(
    five_events: None, tampering: str, broken_at: int, fault: str
):
    triggers.drop()
    with connection.cursor() as cursor:
        cursor.execute(tampering)
    report = verify_chain()
    assert not report.ok
    assert report.broken_at == broken_at
    assert report.fault.startswith(fault)


def test_a_row_rehashed_by_a_forger_breaks_the_next_one(five_events: None):
    triggers.drop()
    forged = Event.objects.get(seq=4)
    Event.objects.filter(seq=3).update(hash="f" * 64, previous_hash=forged.previous_hash)
    assert verify_chain().broken_at == 3


def test_a_whole_chain_tells_its_head(five_events: None):
    report = verify_chain()
    assert (report.ok, report.checked, report.broken_at) == (True, 5, None)
    assert report.head == Event.objects.get(seq=5).hash


def test_an_empty_chain_is_whole(db: None):
    assert verify_chain().ok
