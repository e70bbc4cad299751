"""Read large pictures with little memory: row by row, or reduced while they are read."""
