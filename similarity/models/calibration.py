"""The cuts of certainty that people chose, and the measurements on which they based their choice."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Calibration(models.Model):
    """One choice of the two cuts. The latest row is valid, and all rows are the history of choices.

    Each row names the one before it, and no two rows name the same one. So if two people choose at once, one fails.
    """

    suggest_from = models.FloatField(help_text="least certainty of a pair that is suggested as a duplicate, 0 to 1")
    queue_from = models.FloatField(help_text="least certainty of a pair that the review queue shows, 0 to 1")
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="next")
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    chosen_by_name = models.CharField(max_length=150, blank=True, help_text="remains when the account is deleted")
    chosen_at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True, help_text="why")
    numbers = models.JSONField(default=dict, help_text="what was shown when it was chosen")
    # The open pairs are re-scored in the order of their ids. A worker that is killed loses one batch at most.
    rescored_to = models.BigIntegerField(default=0, help_text="id of the last pair that was re-scored")
    rescored_at = models.DateTimeField(null=True, blank=True, help_text="when all open pairs were re-scored")

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(  # false for NaN, which is greater than all numbers
                condition=Q(queue_from__gte=0, queue_from__lte=F("suggest_from"), suggest_from__lte=1),
                name="cuts_are_ordered",
            ),
            models.UniqueConstraint(fields=["previous"], nulls_distinct=False, name="calibrations_are_a_chain"),
        ]

    def __str__(self) -> str:
        return f"duplicates from {self.suggest_from:g}, queue from {self.queue_from:g}"


class CalibrationMeasurement(models.Model):
    """The result of one run of `calibrate_duplicates`. The page shows the latest."""

    pictures = models.PositiveIntegerField(help_text="pictures that were altered")
    seed = models.BigIntegerField()
    results = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.pictures} altered pictures, {self.created_at:%Y-%m-%d %H:%M}"
