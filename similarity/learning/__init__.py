"""Supervised spaces: looks that are fitted to the museum's own records."""
