"""Write rows with vectors by COPY in PostgreSQL's binary format, many times faster than by the ORM."""

from collections.abc import Mapping

import numpy as np
from django.db import connection
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"

Column = int | NDArray[np.int64] | NDArray[np.int16]  # one bigint for all rows; (N,) of bigint; (N,) of smallint
Columns = Mapping[str, Column]
Vectors = NDArray[np.float16] | NDArray[np.float32]


def copy(table: str, columns: Columns, vectors: Vectors) -> None:
    """Add N rows to a table: these columns, and `vector` (N, D)."""
    names = ", ".join([*columns, "vector"])
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN BINARY") as stream:
        stream.write(packed(columns, vectors))


def packed(columns: Columns, vectors: Vectors) -> bytes:
    """Return the rows as big-endian bytes. A halfvec is its length, two unused bytes and its numbers."""
    count, dimensions = vectors.shape
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    layout: list[tuple[str, str] | tuple[str, str, tuple[int]]] = [("fields", ">i2")]
    for name, values in arrays.items():
        layout += [(f"{name}_bytes", ">i4"), (name, f">i{values.itemsize}")]
    layout += [("vector_bytes", ">i4"), ("dimensions", ">i2"), ("unused", ">i2"), ("vector", ">f2", (dimensions,))]
    rows = np.zeros(count, np.dtype(layout))
    rows["fields"], rows["vector_bytes"], rows["dimensions"] = len(columns) + 1, 4 + 2 * dimensions, dimensions
    for name, values in arrays.items():
        rows[f"{name}_bytes"], rows[name] = values.itemsize, values
    rows["vector"] = vectors
    return HEADER + rows.tobytes() + END
