"""Measure pages and the image service."""
