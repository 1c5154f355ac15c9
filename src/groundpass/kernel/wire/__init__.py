"""Versioned formats and their canonical bytes: state, snapshot, delta, notification, reports, verdicts.

Each module is one format and opens with its rules. Reading refuses (BadInput) what writing would not have
written; what does not match its own hash is NotVerified. Signing and sealing are `kernel.trust`.
"""
