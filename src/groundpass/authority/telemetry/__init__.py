"""Activity of terminals, where the authority receives it."""
