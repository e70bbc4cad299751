"""Is one picture an altered copy of another? Fingerprints, registration, evidence."""
