"""The rules of telemetry: pure."""
