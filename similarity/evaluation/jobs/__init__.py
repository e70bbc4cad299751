"""Measure all networks and lenses for the Models page, in the embedding worker, while it has nothing else to do."""
