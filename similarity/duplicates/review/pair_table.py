"""The pairs as a CSV table, with every measured value and every signal in a column of its own."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collection import permissions
from collection.csv_cells import Echo, Table
from similarity.duplicates import proposals
from similarity.duplicates.review import verdicts
from similarity.duplicates.review.verdicts import Pairs

CHUNK = 1_000  # pairs that are in memory at a time

# The columns and where their values are. `first` and `second` are the pictures in the order of their ids.
PICTURE_COLUMNS = {
    "accession_number": "artwork__accession_number",
    "file": "original_name",
    "collection": "collection__slug",
    "twin_value": "fingerprint__twin",
}
COLUMNS = {
    "pair": "pk",
    **{f"first_{name}": f"low__{path}" for name, path in PICTURE_COLUMNS.items()},
    **{f"second_{name}": f"high__{path}" for name, path in PICTURE_COLUMNS.items()},
    "kind": "kind",
    "rule": "rule",
    "suggestion": "suggested",
    "verdict": "verdict",
    "derived": "derived",
    "decided_by": "decided_by__username",
    "decided_at": "decided_at",
    "note": "note",
    "found_at": "created_at",
    "identical_pixels": "is_identical",
    "relation": "relation",
    "hash_distance_bits": "hash_distance",
    "correlation": "correlation",
    "inliers": "inliers",
    "first_share": "low_share",
    "second_share": "high_share",
    "colour_difference": "colour_difference",
    "alike_share": "alike_share",
    "thumbnail_colour_distance": "colour_distance",
    "certainty": "certainty",
}
TIMES = ("decided_at", "created_at")
FILES = ("first_file", "second_file")  # names of files, which only curators of both pictures may read


def may_read_file_names(user: permissions.User) -> bool:
    """Return True for curators of both pictures and superusers. Reviewers who curate nothing may not read them."""
    return permissions.sees_everything(user) or not verdicts.sees_all(user)


def chunks(pairs: Pairs, *, has_files: bool = True) -> Iterator[tuple[str, int]]:
    """Yield the table of these pairs as text, piece by piece, each with its number of pairs. The header comes first.

    Without `has_files` the table has no names of files.
    Every piece is a query of its own by the primary key, so memory and transactions stay small for a million pairs.
    """
    columns = {name: path for name, path in COLUMNS.items() if has_files or name not in FILES}
    table = Table(Echo())
    yield table.writerow([*columns, "homography", *(f"signal_{name}" for name in proposals.SIGNALS)]), 0
    plain = pairs.select_related(None).prefetch_related(None).order_by("pk")
    last = 0
    while rows := list(plain.filter(pk__gt=last).values(*columns.values(), "homography", "signals")[:CHUNK]):
        yield "".join(table.writerow(cells(row, columns.values())) for row in rows), len(rows)
        last = rows[-1]["pk"]


def cells(row: Mapping[str, Any], paths: Iterable[str]) -> list[Any]:
    """Return the cells of one pair, those of `paths` first. An unknown value is an empty cell."""
    texts = {path: row[path] and row[path].isoformat() for path in TIMES}
    homography = "" if row["homography"] is None else json.dumps(row["homography"])
    signals = [row["signals"].get(name) for name in proposals.SIGNALS]
    return [*({**row, **texts}[path] for path in paths), homography, *signals]
