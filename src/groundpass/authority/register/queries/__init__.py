"""What the register answers; nothing here writes but the event that says who read a personal record."""
