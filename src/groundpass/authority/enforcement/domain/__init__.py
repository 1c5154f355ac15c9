"""The rules of enforcement: pure."""
