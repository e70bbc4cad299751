"""The life of a space: planned, fitted, built, live, previous, retired."""
