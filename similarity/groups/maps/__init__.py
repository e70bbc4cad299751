"""Show all works on one plane: the data of the map, its sheets of tiles, and a list with the same content."""
