"""Administrators' pages about spaces, and the comparison of two spaces."""
