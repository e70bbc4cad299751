"""Tables of text search besides Artwork.search: the words of the collection, and the languages of the index."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func


def plain_number() -> Func:
    """Return an expression: the accession number of a work without case, accents and punctuation."""
    return Func(F("accession_number"), function="kindred_number", output_field=models.TextField())


def number_key() -> OpClass:
    """Return the same expression for an index that finds numbers by their beginnings."""
    return OpClass(plain_number(), name="text_pattern_ops")


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
