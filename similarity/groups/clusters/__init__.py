"""Show groups of works that look alike: pages, the JSON API, names that curators give."""
