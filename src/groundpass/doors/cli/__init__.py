"""The command line `groundpass`."""
