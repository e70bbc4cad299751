"""Neighbours that curators pinned or banned, and the log of these decisions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from collection.models import Artwork


class CuratedNeighbour(models.Model):
    """One decision of a curator: the list of `work` shows `neighbour` first (pin) or never (ban).

    The pair is ordered. The decision applies to every lens, see docs/decisions/0019.
    """

    class Kind(models.TextChoices):
        PIN = "pin", _("Belongs here")
        BAN = "ban", _("Does not belong here")

    work = models.ForeignKey(Artwork, models.CASCADE, related_name="curated_neighbours")
    neighbour = models.ForeignKey(Artwork, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=3, choices=Kind)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = [
            models.UniqueConstraint("work", "neighbour", name="one_statement_per_neighbour"),
            models.CheckConstraint(condition=~Q(work=F("neighbour")), name="no_work_neighbours_itself"),
            models.CheckConstraint(condition=Q(kind__in=["pin", "ban"]), name="neighbour_is_pinned_or_banned"),
        ]

    def __str__(self) -> str:
        return f"work {self.neighbour_id} in the list of work {self.work_id}: {self.kind}"


class CurationLogEntry(models.Model):
    """One line of the log. A database trigger refuses to change or delete it.

    It has no foreign keys, so it stays when the works or the account are deleted.
    """

    class Action(models.TextChoices):
        PINNED = "pinned", _("Pinned")
        BANNED = "banned", _("Banned")
        UNPINNED = "unpinned", _("Pin withdrawn")
        UNBANNED = "unbanned", _("Ban withdrawn")

    action = models.CharField(_("action"), max_length=8, choices=Action)
    work_id = models.BigIntegerField(_("number of the work"))
    work_name = models.TextField(_("work"), help_text=_("title and accession number at the time"))
    neighbour_id = models.BigIntegerField(_("number of the neighbour"))
    neighbour_name = models.TextField(_("neighbour"), help_text=_("title and accession number at the time"))
    curator = models.CharField(_("curator"), max_length=150, help_text=_("user name at the time"))
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("entry in the log of pins and bans")
        verbose_name_plural = _("log of pins and bans")

    def __str__(self) -> str:
        return f"{self.curator}: {self.neighbour_name} in the list of {self.work_name}, {self.action}"
