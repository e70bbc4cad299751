"""Detect altered copies of pictures: fingerprints, registration, and the suggestion that follows from them."""
