"""Measure groups, the map and paths with a large synthetic collection."""
