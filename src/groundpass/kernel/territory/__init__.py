"""Polygons, H3 cells, the exact locator."""
