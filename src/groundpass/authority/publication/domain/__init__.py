"""The rules of publication: pure."""
