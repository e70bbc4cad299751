"""Find pictures that may be copies of one another, and store them as pairs and cases."""
