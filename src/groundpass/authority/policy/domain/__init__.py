"""The rules of policy: pure."""
