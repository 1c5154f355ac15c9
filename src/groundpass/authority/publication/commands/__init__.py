"""The writes of publication: one verb a file."""
