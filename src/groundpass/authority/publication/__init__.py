"""Compile, assess, release."""
