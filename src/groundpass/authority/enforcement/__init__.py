"""Operators' reports, reconciliation, cases, effect."""
