"""Measure all networks and lenses for the Models page. The embedding worker does this while it is idle."""
