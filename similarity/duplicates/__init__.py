"""Find possible duplicates, and let people decide about them."""
