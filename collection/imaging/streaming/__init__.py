"""Read large pictures with little memory: row by row, or reduced during decoding."""
