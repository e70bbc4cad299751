"""SIFT features, their matches, homographies, and how well pixels agree under them."""
