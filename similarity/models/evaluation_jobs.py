"""Evaluations that the embedding worker runs while it is idle, and their intermediate results."""

from django.conf import settings
from django.db import models

from similarity.models.evaluation import Evaluation


class EvaluationState(models.TextChoices):
    WAITING = "waiting"  # until a worker has measured all of it, so also while a worker measures
    DONE = "done"
    FAILED = "failed"


class EvaluationJob(models.Model):
    """One kind of evaluation of all networks and lenses. There is one job of each kind; a new request replaces it."""

    kind = models.CharField(max_length=10, choices=Evaluation.Kind, unique=True)
    state = models.CharField(
        max_length=8, choices=EvaluationState, default=EvaluationState.WAITING, db_default=EvaluationState.WAITING
    )
    network = models.CharField(max_length=120, help_text="network of the live look when it was requested: name, digest")
    collection_size = models.PositiveIntegerField(help_text="pictures in the live look at that time")
    plan = models.JSONField(null=True, blank=True, help_text="the pictures to measure, sampled by the worker")
    pictures_done = models.PositiveIntegerField(default=0, db_default=0)
    pictures_total = models.PositiveIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="since the last step that was measured"
    )
    problem = models.TextField(blank=True, db_default="", help_text="why it failed, fit to show")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(null=True, blank=True, help_text="when a worker last began or finished a step")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}, {self.pictures_done} of {self.pictures_total} pictures"


class EvaluationPart(models.Model):
    """The result of one step of a job, stored until the job is done. A resumed job skips these steps."""

    job = models.ForeignKey(EvaluationJob, models.CASCADE, related_name="parts")
    name = models.CharField(max_length=200)
    data = models.BinaryField(help_text="numpy arrays by name, in npz format")

    class Meta:
        constraints = [models.UniqueConstraint("job", "name", name="step_is_measured_once")]

    def __str__(self) -> str:
        return self.name
