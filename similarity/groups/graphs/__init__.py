"""Algorithms on vectors and graphs: nearest neighbours, clusters, layouts, paths. No Django and no database."""
