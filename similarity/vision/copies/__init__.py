"""Detect altered copies of pictures: fingerprints, registration, and what the evidence suggests."""
