"""Search by a visitor's picture: the web's half, the worker's half, and the works recognised in it."""
