"""Find works: filters from the address, facets with counts, orders, and pages."""
