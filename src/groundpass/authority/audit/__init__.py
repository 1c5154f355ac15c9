"""Append-only events and the outbox."""
