"""Works that were merged into others, and relations between works."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from collection.models.artworks import Artwork, Collection


class WorkMerge(models.Model):
    """One record that was merged into another, with all that is needed to undo it. See docs/decisions/0034.

    Database triggers refuse to delete rows and to empty the table, see migrations 0009 and 0012. Names are kept as
    text, so a row still states what happened after the works or the account are deleted.
    """

    kept = models.ForeignKey(Artwork, models.SET_NULL, null=True, related_name="merges_into")
    merged = models.ForeignKey(Artwork, models.SET_NULL, null=True, related_name="merges_away")
    kept_name = models.TextField(help_text="title and accession number at the time")
    merged_name = models.TextField(help_text="title and accession number at the time")
    kept_collection = models.ForeignKey(Collection, models.SET_NULL, null=True, related_name="+")
    merged_collection = models.ForeignKey(Collection, models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.CharField(max_length=150, help_text="user name at the time")
    note = models.TextField(blank=True)
    evidence = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="why the two seemed to be one work")
    # By column: the value before, the value that the merge gave, and the value that an undo writes (see undoing).
    taken = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # Pictures that were moved to the kept work: id, position in the merged work, and whether it has been returned.
    views = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True, help_text="user name at the time")

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint("merged", condition=Q(undone_at=None), name="one_open_merge_per_work"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="no_merge_into_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_name} into {self.kept_name}"


class WorkRelation(models.Model):
    """What one work is of another. Two works have at most one relation, whatever its direction."""

    class Kind(models.TextChoices):
        DETAIL = "detail_of", _("Detail of")
        EDITION = "edition_or_copy_of", _("Edition or copy of")
        SAME_OBJECT = "same_object", _("Same object as")

    from_work = models.ForeignKey(Artwork, models.CASCADE, related_name="relations_from")
    to_work = models.ForeignKey(Artwork, models.CASCADE, related_name="relations_to")
    kind = models.CharField(max_length=20, choices=Kind)
    related_by = models.CharField(max_length=150, help_text="user name at the time")
    related_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                Least("from_work", "to_work"), Greatest("from_work", "to_work"), name="one_relation"
            ),
            models.CheckConstraint(condition=~Q(from_work=F("to_work")), name="no_relation_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.from_work} is {self.get_kind_display().lower()} {self.to_work}"
