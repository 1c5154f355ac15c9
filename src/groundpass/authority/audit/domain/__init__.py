"""The rules of audit: pure."""
