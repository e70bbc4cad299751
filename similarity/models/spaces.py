"""Spaces: sets of comparable vectors, with their network, pooling and projection, and their state."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from similarity.vision.contract import Identity, Recipe
from similarity.vision.lenses import ALL


class SpaceState(models.TextChoices):
    FITTING = "fitting", _("Fitting")  # workers gather raw vectors of a sample, to fit the projection on them
    BUILDING = "building", _("Building")
    LIVE = "live", _("Live")
    # Live until the last switch, and ready for a rollback. It lacks pictures that were added since.
    PREVIOUS = "previous", pgettext_lazy("space", "Previous")
    RETIRED = "retired", _("Retired")  # its index and vectors are deleted; only this row is left


class Metric(models.TextChoices):
    COSINE = "cosine", _("Cosine")
    L2 = "l2", _("L2")
    INNER_PRODUCT = "inner_product", _("Inner Product")


class Space(models.Model):
    """One set of comparable vectors. Vectors of two spaces are never compared."""

    lens = models.CharField(_("lens"), max_length=20, help_text=_("look, subject, composition ..."))
    backbone = models.CharField(_("backbone"), max_length=40)
    weights_digest = models.CharField(
        _("weights digest"), max_length=64, help_text=_("sha256 of the network's parameters")
    )
    is_trained = models.BooleanField(_("trained weights"))
    pooling = models.CharField(_("pooling"), max_length=40)
    projection = models.CharField(
        _("projection"), max_length=64, blank=True, help_text=_("kind and digest of the projection, if any")
    )
    metric = models.CharField(_("metric"), max_length=16, choices=Metric, default=Metric.COSINE)
    dimensions = models.PositiveSmallIntegerField(
        pgettext_lazy("vectors", "dimensions"), default=0, help_text=_("0 until its projection is fitted")
    )
    state = models.CharField(_("state"), max_length=8, choices=SpaceState, default=SpaceState.BUILDING)
    auto_activate = models.BooleanField(
        _("auto activate"), default=False, help_text=_("goes live automatically once it is complete")
    )
    problem = models.TextField(_("problem"), blank=True, help_text=_("why it cannot be finished, fit to show"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    live_from = models.DateTimeField(_("live from"), null=True, blank=True)
    cleared_at = models.DateTimeField(
        _("cleared at"), null=True, blank=True, help_text=_("when a retired space lost its last vector")
    )
    fitted_on = models.PositiveIntegerField(
        _("fitted on"), default=0, help_text=_("number of pictures that its projection was fitted on")
    )
    fitted_at = models.DateTimeField(_("fitted at"), null=True, blank=True)
    is_shipped = models.BooleanField(
        _("shipped projection"), default=False, db_default=False,
        help_text=_("fitted on other pictures than the collection's, and the same on every site"),
    )  # fmt: skip
    quantiles = ArrayField(
        models.FloatField(), default=list, blank=True,
        help_text="distances of random pairs at 0, 0.1, ... 100 %; percentiles are read from them",
    )  # fmt: skip
    supervision = models.JSONField(
        _("supervision"),
        null=True,
        blank=True,
        help_text=_("if learned from the museum's records: the field and the gain"),
    )
    calibrated_on = models.PositiveIntegerField(
        _("calibrated on"), default=0, help_text=_("number of embeddings that the quantiles are for")
    )

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        constraints = [
            models.UniqueConstraint("lens", condition=Q(state="live"), name="one_live_space_per_lens"),
            models.UniqueConstraint(
                "lens", "backbone", "weights_digest", "pooling", "metric",
                condition=Q(state="fitting"), name="one_fit_at_a_time",
            ),
            models.UniqueConstraint(
                "lens", "backbone", "weights_digest", "pooling", "projection", "metric", "dimensions",
                condition=~Q(state__in=["fitting", "retired"]), name="space_is_unique",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.lens} {self.pk}: {self.backbone} {self.weights_digest[:8]} {self.pooling} ({self.state})"

    @property
    def identity(self) -> Identity:
        return Identity(self.backbone, self.weights_digest, self.is_trained)

    @property
    def recipe(self) -> Recipe:
        return Recipe(self.lens, self.pooling)

    @property
    def job_key(self) -> str:
        """Return the key of the jobs that this space needs now: vectors, or raw vectors while it is being fitted."""
        return f"sample:{self.pk}" if self.state == SpaceState.FITTING else f"embed:{self.pk}"

    @property
    def index_name(self) -> str:
        return f"embedding_hnsw_{self.pk}"

    @property
    def region_index_name(self) -> str:
        """Return the name of the index of the pictures' windows, which spaces with several parts have."""
        return f"region_hnsw_{self.pk}"

    @property
    def parts(self) -> int:
        """Return the number of vectors of a picture, the first that of the whole picture."""
        return ALL[self.lens].parts if self.lens in ALL else 1
