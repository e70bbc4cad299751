"""Explanations ("Why?"): which regions of two pictures correspond."""
