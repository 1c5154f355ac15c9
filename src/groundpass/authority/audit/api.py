"""The door of audit."""

from __future__ import annotations

from groundpass.authority.audit.commands.deliver import mark_handled
from groundpass.authority.audit.commands.insert_many import insert_many
from groundpass.authority.audit.commands.record import record, record_many, record_read
from groundpass.authority.audit.domain.chain import Draft
from groundpass.authority.audit.domain.times import utc
from groundpass.authority.audit.models import Event, Outbox
from groundpass.authority.audit.queries import ChainReport, events, events_for, verify_chain, waiting

__all__ = [
    "ChainReport",
    "Draft",
    "Event",
    "Outbox",
    "events",
    "events_for",
    "insert_many",
    "mark_handled",
    "record",
    "record_many",
    "record_read",
    "utc",
    "verify_chain",
    "waiting",
]
