"""The writes of policy: one verb a file."""
