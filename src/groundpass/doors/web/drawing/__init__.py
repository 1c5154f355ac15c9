"""Drawings made on the server: maps, plots, the brake. They need no JavaScript and print."""
