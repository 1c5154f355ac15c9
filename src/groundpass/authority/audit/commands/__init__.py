"""The writes of audit: one verb a file."""
