"""Jobs that pictures need."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from collection.models.artworks import ArtworkImage


class JobState(models.TextChoices):
    PENDING = "pending", _("waiting")
    CLAIMED = "claimed", _("working")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """One piece of work for one picture, such as its derivatives. collection.jobs.job_queue changes its state."""

    image = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="jobs", verbose_name=_("picture"))
    key = models.CharField(_("key"), max_length=40, help_text=_("what is to be done: derivatives, embed:3 ..."))
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.PENDING)
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text=_("lower goes first: 0 uploads, 10 backlog")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    claim = models.UUIDField(_("claim"), null=True, blank=True, help_text=_("who holds the lease"))
    reason = models.TextField(_("reason"), blank=True, help_text=_("why it failed, fit to show"))
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [models.UniqueConstraint("image", "key", name="job_is_unique")]
        indexes = [
            models.Index("key", "priority", "id", condition=Q(state__in=["pending", "claimed"]), name="job_queue"),
            models.Index("key", "state", name="job_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.key} of picture {self.image_id}: {self.state}"
