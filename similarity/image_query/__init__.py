"""Search by a visitor's picture: the part in the web process, the part in the worker, and the recognised works."""
