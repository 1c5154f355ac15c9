"""Thin: each door speaks to api doors only."""
