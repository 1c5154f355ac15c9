"""Versioned formats and their canonical bytes."""
