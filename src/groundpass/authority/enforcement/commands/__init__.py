"""The writes of enforcement: one verb a file."""
