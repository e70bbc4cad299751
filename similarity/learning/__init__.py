"""Looks that learn from the museum's own records."""
