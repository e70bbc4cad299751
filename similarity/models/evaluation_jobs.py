"""Measurements that the embedding worker makes while nothing else waits, and what it has measured so far."""

from django.conf import settings
from django.db import models

from similarity.models.evaluation import Evaluation


class JobState(models.TextChoices):
    WAITING = "waiting"  # for a worker, or a worker measures it
    DONE = "done"
    FAILED = "failed"


class EvaluationJob(models.Model):
    """One measure of all networks and lenses. There is one job of each kind; to measure again replaces it."""

    kind = models.CharField(max_length=10, choices=Evaluation.Kind, unique=True)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING, db_default=JobState.WAITING)
    network = models.CharField(max_length=120, help_text="of the live look when it was asked for: name and digest")
    collection_size = models.PositiveIntegerField(help_text="pictures in the live look at that time")
    plan = models.JSONField(null=True, blank=True, help_text="the pictures that are measured; drawn by the worker")
    pictures_done = models.PositiveIntegerField(default=0, db_default=0)
    pictures_total = models.PositiveIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="since something was measured the last time"
    )
    problem = models.TextField(blank=True, db_default="", help_text="why it failed, fit to show")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(null=True, blank=True, help_text="when a worker last began or measured something")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}, {self.pictures_done} of {self.pictures_total} pictures"


class EvaluationPart(models.Model):
    """What one step of a job measured, kept until the job is done. A job that is resumed skips these steps."""

    job = models.ForeignKey(EvaluationJob, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=200)
    data = models.BinaryField(help_text="numpy arrays by name, in npz format")

    class Meta:
        constraints = [models.UniqueConstraint("job", "name", name="step_is_measured_once")]

    def __str__(self) -> str:
        return self.name
