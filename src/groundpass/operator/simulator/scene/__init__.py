"""Scenes: fleets as an operator's stream has them, with the truth about every stretch of time."""
