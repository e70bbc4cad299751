"""Forms and uploads of curators."""
