"""Pages, a folder per role."""
