"""Benchmarks of the pages that show all works: paths and outliers."""
