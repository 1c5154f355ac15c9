"""The rules of register: pure."""
