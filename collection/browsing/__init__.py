"""Finding works: filters from the address, the counts beside them, orders, and pages that follow each other."""
