"""Ids and their normalisers, intervals of time, reason codes, the state of a release, the error tree."""
