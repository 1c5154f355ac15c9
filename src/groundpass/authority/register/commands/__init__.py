"""The writes of register: one verb a file."""
