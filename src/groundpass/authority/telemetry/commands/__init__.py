"""The writes of telemetry: one verb a file."""
