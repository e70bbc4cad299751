"""Groups of works that look alike, the map of all works, and paths between works."""
