"""The writes of accounts: one verb a file."""
