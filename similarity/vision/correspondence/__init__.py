"""Which regions of two pictures correspond."""
