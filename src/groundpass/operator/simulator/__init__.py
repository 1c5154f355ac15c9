"""Fleets of invented terminals that move the way real ones do, labelled and seeded."""
