"""What reviewers state beside verdicts: opinions on pairs, and pictures that are no placeholders."""

from django.conf import settings
from django.db import models

from similarity.models.duplicates import DuplicatePair, ReviewBatch, Verdict


class Opinion(models.Model):
    """The verdict of one reviewer on a pair, where two are required. It is given without knowing the other's."""

    pair = models.ForeignKey(DuplicatePair, models.CASCADE, related_name="opinions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=20, choices=Verdict)
    derived = models.CharField(max_length=4, blank=True, help_text="as DuplicatePair.derived")
    at = models.DateTimeField()
    batch = models.ForeignKey(
        ReviewBatch, models.SET_NULL, null=True, blank=True, related_name="opinions", help_text="that it was given with"
    )

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint("pair", "reviewer", name="one_opinion_each")]
        indexes = [models.Index(fields=["reviewer", "-at"], name="opinions_of_reviewer")]

    def __str__(self) -> str:
        return f"{self.reviewer or 'a former colleague'}: {self.get_verdict_display().lower()}"


class PlaceholderException(models.Model):
    """The pixels of a picture that many works share and that is no placeholder, as a reviewer has stated."""

    pixel_digest = models.CharField(max_length=64, unique=True, help_text="as ArtworkImage.pixel_digest")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"no placeholder: {self.pixel_digest[:12]}"
