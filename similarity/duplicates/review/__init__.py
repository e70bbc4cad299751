"""People decide about possible duplicates: the review queue, its verdicts, cases and tables."""
