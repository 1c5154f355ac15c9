"""The door of telemetry: who was active, without where they were."""

from groundpass.authority.telemetry.commands.ingest_activity import ingest_activity
from groundpass.authority.telemetry.models import Ingest
from groundpass.authority.telemetry.queries import active_since, ingests

__all__ = ["Ingest", "active_since", "ingest_activity", "ingests"]
