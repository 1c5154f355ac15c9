"""Events are written with what they tell, in one chain."""

from __future__ import annotations

import pytest
from django.db import transaction

from groundpass.authority.audit.api import (
    Draft,
    Event,
    Outbox,
    events_for,
    mark_handled,
    record,
    record_many,
    record_read,
    utc,
    verify_chain,
    waiting,
)
from support.threads import at_once
from support.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_each_event_carries_the_hash_of_the_one_before():
    first = record("register.submit", "application:1", actor="clerk", now=NOW, detail={"shown": True})
    second = record(
        "register.approve", "application:1", actor="reviewer", now=NOW + 60, clause="class/person"
    )
    assert (first.seq, second.seq) == (1, 2)
    assert second.previous_hash == first.hash != second.hash
    assert [event.verb for event in events_for("application:1")] == ["register.submit", "register.approve"]
    assert Event.objects.get(seq=2).at == utc(NOW + 60)
    assert verify_chain().ok


def test_states_are_kept_as_hashes_only():
    event = record(
        "policy.approve", "ruleset:1", actor="officer", now=NOW, before={"b": 1, "a": 2}, after=None
    )
    again = record("policy.approve", "ruleset:1", actor="officer", now=NOW, before={"a": 2, "b": 1})
    assert len(event.before_sha256) == 64
    assert event.before_sha256 == again.before_sha256
    assert event.after_sha256 == ""


def test_many_events_are_one_chain_and_only_those_with_a_topic_reach_the_outbox():
    record("first", "x:0", actor="clerk", now=NOW)
    drafts = [Draft("register.submit", f"application:{n}", {"row": n}) for n in range(5)]
    record_many(
        [*drafts, Draft("register.import", "batch:1", {"rows": 5}, topic="register")], actor="c", now=NOW
    )
    assert verify_chain().checked == 7
    message = Outbox.objects.get()
    assert (message.topic, message.payload, message.event.verb) == (
        "register",
        {"rows": 5},
        "register.import",
    )


def test_a_message_waits_until_somebody_acts_on_it():
    record("register.approve", "registration:1", actor="reviewer", now=NOW, topic="register")
    record("policy.approve", "ruleset:1", actor="officer", now=NOW, topic="policy")
    messages = list(waiting("register"))
    assert [message.event.subject for message in messages] == ["registration:1"]
    assert mark_handled(messages, now=NOW + 1) == 1
    assert mark_handled(messages, now=NOW + 2) == 0
    assert not waiting("register")
    assert waiting("policy").count() == 1


def test_a_read_of_a_personal_record_says_what_for():
    event = record_read("auditor", "holder:1", "complaint 7", NOW)
    assert (event.verb, event.actor, event.detail) == ("read", "auditor", {"purpose": "complaint 7"})


@pytest.mark.parametrize("detail", [{"rate": 0.1}, {"a": [{"b": 1.0}]}, {1: "x"}, {"a": b"x"}])
def test_a_detail_that_two_databases_write_in_two_ways_is_refused(detail: dict[str, object]):
    with pytest.raises(TypeError, match="An event's detail holds a"):
        record("x", "y:1", actor="clerk", now=NOW, detail=detail)
    assert not Event.objects.exists()


def test_what_is_rolled_back_leaves_no_event_and_no_message():
    with transaction.atomic():
        record("register.approve", "registration:1", actor="reviewer", now=NOW, topic="register")
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not Outbox.objects.exists()
    assert record("x", "y:1", actor="clerk", now=NOW).seq == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="in the transaction of what it tells"):
        record("x", "y:1", actor="clerk", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_make_one_chain():
    def write(name: str) -> None:
        for number in range(5):
            with transaction.atomic():
                record("write", f"{name}:{number}", actor=name, now=NOW)

    assert at_once(write, ["a", "b", "c", "d"]) == [None] * 4
    assert (verify_chain().checked, verify_chain().fault) == (20, "")
