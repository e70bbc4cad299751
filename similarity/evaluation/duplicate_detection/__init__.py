"""Try duplicate detection on altered uploads, beside single signals."""
