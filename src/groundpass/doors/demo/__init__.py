"""The story that `make demo` tells, and the invented people in it."""
