"""Opinions on pairs, where two reviewers decide each pair."""

from django.conf import settings
from django.db import models

from similarity.models.duplicates import DuplicatePair, Verdict


class Opinion(models.Model):
    """The verdict of one reviewer on a pair, where two are required. It is given without knowing the other's."""

    pair = models.ForeignKey(DuplicatePair, models.CASCADE, related_name="opinions")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    verdict = models.CharField(max_length=20, choices=Verdict)
    derived = models.CharField(max_length=4, blank=True, help_text="as DuplicatePair.derived")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = [models.UniqueConstraint("pair", "reviewer", name="one_opinion_each")]
        indexes = [models.Index(fields=["reviewer", "-at"], name="opinions_of_reviewer")]

    def __str__(self) -> str:
        return f"{self.reviewer or 'a former colleague'}: {self.get_verdict_display().lower()}"
