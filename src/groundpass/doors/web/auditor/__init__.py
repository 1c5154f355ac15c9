"""Pages of the auditor: events and the state of their chain."""
