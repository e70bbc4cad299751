"""Find the regions of two pictures that correspond."""
