"""Calibrate the certainty of possible duplicates: labelled pairs, precision and recall at each cut, and the choice."""
