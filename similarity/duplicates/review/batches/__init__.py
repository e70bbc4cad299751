"""Batches: sure pairs of one kind, checked in a list and decided as duplicates together."""
