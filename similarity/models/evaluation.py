"""Stored results of evaluations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Evaluation(models.Model):
    """Results of one network and lens on one data set. The Models page shows the latest of each."""

    class Kind(models.TextChoices):
        RETRIEVAL = "retrieval"
        COPIES = "copies"
        LIKENESS = "likeness"
        SPEED = "speed"
        DUPLICATES = "duplicates"

    kind = models.CharField(max_length=10, choices=Kind)
    dataset = models.CharField(max_length=80, help_text="name of the data set")
    lens = models.CharField(max_length=20)
    backbone = models.CharField(max_length=40)
    weights_digest = models.CharField(max_length=64, blank=True)
    is_trained = models.BooleanField(_("trained weights"), default=True)
    pooling = models.CharField(max_length=40, blank=True)
    projection = models.CharField(max_length=64, blank=True)
    results = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["kind", "-created_at"], name="evaluation_latest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.backbone} {self.lens} on {self.dataset}"
