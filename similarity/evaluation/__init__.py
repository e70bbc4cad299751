"""Measure networks and lenses: retrieval, copy detection, likeness by the records, and speed. Report the results."""
