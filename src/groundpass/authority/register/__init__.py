"""Terminals, holders, applications, registrations."""
