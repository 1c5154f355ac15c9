"""Territories and rules."""
