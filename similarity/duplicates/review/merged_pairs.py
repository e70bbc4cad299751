"""Find the pairs whose two works have become one record by merges, also through other aliases."""

from django.db.models.expressions import RawSQL

# For every alias, the work at the end of its chain. UNION instead of UNION ALL, so that a cycle ends too.
# There are few aliases, and most have no picture left, so the query starts with them and reads no other pair.
RECORDS = """
WITH RECURSIVE chain (alias, id) AS (
    SELECT id, merged_into_id FROM collection_artwork WHERE merged_into_id IS NOT NULL
    UNION SELECT chain.alias, work.merged_into_id
    FROM chain JOIN collection_artwork AS work ON work.id = chain.id WHERE work.merged_into_id IS NOT NULL
), record (work, kept) AS (
    SELECT chain.alias, chain.id
    FROM chain JOIN collection_artwork AS work ON work.id = chain.id WHERE work.merged_into_id IS NULL
)
"""
OF_ALIASES = """
SELECT pair.id FROM record
JOIN collection_artworkimage AS own ON own.artwork_id = record.work
JOIN similarity_duplicatepair AS pair ON pair.{own}_id = own.id
JOIN collection_artworkimage AS other ON other.id = pair.{other}_id
LEFT JOIN record AS that ON that.work = other.artwork_id
WHERE coalesce(that.kept, other.artwork_id) = record.kept
"""
SQL = RECORDS + " UNION ALL ".join(
    OF_ALIASES.format(own=own, other=other) for own, other in (("low", "high"), ("high", "low"))
)


def ids() -> RawSQL:
    """Return a subquery of the ids of the pairs of an alias with its kept work, or with another alias of that work."""
    return RawSQL(SQL, [])  # noqa: S611 - no text of a user
