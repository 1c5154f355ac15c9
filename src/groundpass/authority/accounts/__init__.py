"""People, organisations, offices, roles, the second person."""
