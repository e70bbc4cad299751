"""Benchmarks of the search for duplicates, and the fit of the certainty of a pair."""
