"""Families of vectors that can be compared: what each is made of, and where it is in its life."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from similarity.vision.contract import Identity, Recipe


class SpaceState(models.TextChoices):
    FITTING = "fitting"  # raw vectors of a sample are gathered, until a projection can be fitted on them
    BUILDING = "building"
    LIVE = "live"
    KEPT = "kept"  # was live; complete as of then, so that it can be rolled back to
    RETIRED = "retired"  # a record alone: its index and its vectors are gone


class Metric(models.TextChoices):
    COSINE = "cosine"
    L2 = "l2"
    INNER_PRODUCT = "inner_product"


class Space(models.Model):
    """One comparable family of vectors. Vectors of two spaces are never compared."""

    lens = models.CharField(max_length=20, help_text="what is looked at: look, subject, composition ...")
    backbone = models.CharField(max_length=40)
    weights_digest = models.CharField(max_length=64, help_text="sha256 of the network's parameters")
    is_trained = models.BooleanField("trained weights")
    pooling = models.CharField(max_length=40)
    projection = models.CharField(max_length=64, blank=True, help_text="kind and digest of the projection, if any")
    metric = models.CharField(max_length=16, choices=Metric, default=Metric.COSINE)
    dimensions = models.PositiveSmallIntegerField(default=0, help_text="0 until its projection is fitted")
    state = models.CharField(max_length=8, choices=SpaceState, default=SpaceState.BUILDING)
    switches_itself = models.BooleanField(default=False, help_text="goes live by itself once it is complete")
    problem = models.TextField(blank=True, help_text="why it does not go on, fit to show")
    created_at = models.DateTimeField(auto_now_add=True)
    live_from = models.DateTimeField(null=True, blank=True)
    fitted_on = models.PositiveIntegerField(default=0, help_text="pictures that its projection was fitted on")
    fitted_at = models.DateTimeField(null=True, blank=True)
    is_shipped = models.BooleanField(
        "shipped projection", default=False, db_default=False,
        help_text="fitted on other pictures than the collection's, and the same on every site",
    )  # fmt: skip
    quantiles = ArrayField(
        models.FloatField(), default=list, blank=True,
        help_text="distances of random pairs at 0, 0.1, ... 100 %: what a percentile is read from",
    )  # fmt: skip
    supervision = models.JSONField(
        null=True, blank=True, help_text="of a space learned from the museum's records: from what, and what it is worth"
    )
    calibrated_on = models.PositiveIntegerField(default=0, help_text="embeddings there were at that time")

    class Meta:
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
    def step_key(self) -> str:
        """Of the work that the space needs now: a picture's vector, or while it is being fitted, its raw vector."""
        return f"sample:{self.pk}" if self.state == SpaceState.FITTING else f"embed:{self.pk}"

    @property
    def index_name(self) -> str:
        return f"embedding_hnsw_{self.pk}"
