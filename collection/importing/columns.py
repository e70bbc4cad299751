"""Map the columns of a table to the fields of a work. Museums name them differently."""

import re
from collections.abc import Mapping, Sequence

from collection.importing.reading import MetadataError

# The column names of each field, as `plain_name` returns them. If a table has several of them, the first one counts.
NAMES: Mapping[str, Sequence[str]] = {
    "accession_number": (
        "accession_number", "accession_no", "accession", "accessionnum", "acno", "object_number", "object_no",
        "inventory_number", "inventory_no", "inv_no", "identifier",
    ),
    "filename": (
        "filename", "file_name", "file", "image", "image_file", "image_filename", "picture", "photo", "path",
    ),
    "title": ("title", "object_title", "titles", "name"),
    "creator": (
        "creator", "creators", "artist", "artists", "artist_display_name", "creator_full_name", "all_artists",
        "maker", "author", "attribution", "actors",
    ),
    "date": (
        "date", "date_display", "display_date", "displaydate", "date_text", "creation_date", "object_date",
        "dated", "year",
    ),
    "date_start": (
        "date_start", "year_start", "start_year", "date_earliest", "earliest_year", "creation_date_earliest",
        "begin_year", "beginyear", "object_begin_date",
    ),
    "date_end": (
        "date_end", "year_end", "end_year", "date_latest", "latest_year", "creation_date_latest", "endyear",
        "object_end_date",
    ),
    "medium": ("medium", "technique", "materials", "material"),
    "dimensions": ("dimensions", "measurements", "size"),
    "classification": ("classification", "type", "object_type", "object_name", "genre", "category"),
    "department": ("department", "departmentabbr"),
    "culture": ("culture", "cultures", "nationality", "creator_nationality"),
    "credit_line": ("credit_line", "creditline", "credit"),
    "rights": ("rights", "rights_uri", "rights_url", "licence", "license", "license_url"),
    "source": ("source", "source_url", "url", "web_url", "link", "link_resource", "object_url"),
    "description": ("description", "wall_description", "notes"),
    "view": ("view", "view_label", "image_view", "caption"),
    "published": ("published", "is_published", "public", "is_public"),
}  # fmt: skip


def plain_name(column: str) -> str:
    """Return a column name in snake case: accession_no for `Accession No.`, `accession-no` and `accessionNo`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Return the column of each field. Raise MetadataError if two columns have one name."""
    by_name: dict[str, str] = {}
    for column in header:
        other = by_name.setdefault(plain_name(column), column)
        if other != column:
            raise MetadataError(f"The columns {other} and {column} have the same name.")
    chosen = {}
    for key, names in NAMES.items():
        found = next((by_name[name] for name in names if name in by_name), None)
        if found is not None:
            chosen[key] = found
    return chosen


def require_filename(columns: Mapping[str, str]) -> None:
    """Raise MetadataError if no column holds the file name of a row's picture."""
    if "filename" not in columns:
        raise MetadataError("The table has no column named filename, so its rows cannot be matched with pictures.")
