"""The state of the files on disk, files that belong to no picture, and files that have to be made again."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from collection.models.artworks import ArtworkImage, Collection


class FileState(models.TextChoices):
    WHOLE = "whole", _("Whole")
    DAMAGED = "damaged", _("Damaged")
    MISSING = "missing", _("Missing")
    WAITING = "waiting", _("being prepared")  # derivatives that were never made yet


class FileCheck(models.Model):
    """When the files of a picture were last read, and what was found. collection.jobs.file_checks writes it."""

    image = models.OneToOneField(ArtworkImage, models.CASCADE, primary_key=True, related_name="file_check")
    checked_at = models.DateTimeField(null=True, help_text="when the last check began; empty before the first")
    original = models.CharField(max_length=8, choices=FileState, default=FileState.WHOLE)
    derivatives = models.CharField(max_length=8, choices=FileState, default=FileState.WAITING)
    problem = models.TextField(blank=True, help_text="what is damaged or missing, fit to show")

    class Meta:
        indexes = [
            models.Index(F("checked_at").asc(nulls_first=True), name="file_check_due"),
            models.Index("original", "derivatives", condition=~Q(problem=""), name="file_check_problems"),
        ]

    def __str__(self) -> str:
        return f"picture {self.image_id}: {self.problem or 'no problem'}"


class Orphan(models.Model):
    """A file on disk whose picture was deleted. collection.files.orphan_cleaning deletes the file later."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    found_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


class PublicSizeChange(models.Model):
    """A changed limit of a collection whose pictures are not all queued yet. collection.jobs.rebuilding deletes it."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="+")
    least_px = models.PositiveIntegerField(help_text="it concerns pictures whose longer side is larger")
    queued_up_to = models.BigIntegerField(default=0, db_default=0, help_text="the number of the last queued picture")

    def __str__(self) -> str:
        return f"{self.collection}: pictures above {self.least_px} px"
