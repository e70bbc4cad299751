"""Administrators' requests for new spaces."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from similarity.models.spaces import Metric
from similarity.vision.lenses import LENSES


class SpaceRequest(models.Model):
    """A request for spaces of one network. It is deleted once they are planned.

    A request that cannot be planned stays with its problem until a person dismisses it.
    """

    backbone = models.CharField(_("backbone"), max_length=40)
    weights_file = models.CharField(
        _("weights file"),
        max_length=255,
        blank=True,
        help_text=_(
            "name in the folder of weights; empty: shipped or fetched weights, else random ones of a fixed seed"
        ),
    )
    lenses = ArrayField(models.CharField(max_length=20), verbose_name=_("lenses"))
    pooling = models.CharField(_("pooling"), max_length=40, blank=True, help_text=_("of the look; empty: its default"))
    supervised_by = models.CharField(
        _("supervised by"), max_length=20, blank=True, default="", db_default="",
        help_text=_("field of the records to learn from, if any"),
    )  # fmt: skip
    metric = models.CharField(_("metric"), max_length=16, choices=Metric, default=Metric.COSINE)
    auto_activate = models.BooleanField(
        _("auto activate"), default=False, help_text=_("its spaces go live automatically once complete")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("requested by"),
    )  # fmt: skip
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("how often a worker began to load its network")
    )
    problem = models.TextField(_("problem"), blank=True, help_text=_("why it was refused, fit to show"))

    class Meta:
        ordering = ("pk",)
        verbose_name = _("space request")
        verbose_name_plural = _("space requests")
        constraints = [
            models.CheckConstraint(condition=Q(lenses__len__gt=0), name="request_names_a_lens"),
            models.UniqueConstraint(
                "backbone", "weights_file", "lenses", "pooling", "metric", "supervised_by",
                condition=Q(problem=""), name="one_such_request_waits",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.backbone} from {self.weights_file or 'available weights'}: {', '.join(self.lenses)}"

    @property
    def lens_titles(self) -> str:
        return ", ".join(gettext(LENSES[name].title) if name in LENSES else name for name in self.lenses)
