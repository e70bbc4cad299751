"""Tables of text search besides Artwork.search: the words of the collection, and the languages of the index."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func


def number_key() -> models.GeneratedField:
    """Return a stored column: the accession number of a work without case, accents and punctuation.

    The collation "C" sorts by bytes, so that one index finds numbers by their beginnings and has them in their order.
    """
    plain = Func(F("accession_number"), function="kindred_number")
    return models.GeneratedField(expression=plain, output_field=models.TextField(db_collation="C"), db_persist=True)


class SearchIndex(models.Model):
    """The languages in which the trigger of migration 0014 stems words. At most one row; without it, English."""

    languages = ArrayField(models.CharField(max_length=30))

    def __str__(self) -> str:
        return ", ".join(self.languages)


class SearchWord(models.Model):
    """A word of any work, without case and accents. The trigger adds words and removes none.

    A word may occur only in works that a visitor may not see. Check this before you show it.
    """

    word = models.CharField(max_length=40)
    deletions = models.GeneratedField(
        expression=Func(F("word"), function="kindred_deletions"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["word"], name="search_word"),
            GinIndex(fields=["deletions"], name="search_word_deletions", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.word
