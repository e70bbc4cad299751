"""What the machine thinks of the pictures: spaces, embeddings, fingerprints, and pairs that may be duplicates."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from pgvector.django import BitField, HalfVectorField, HnswIndex

from collection.models import ArtworkImage
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
    quantiles = ArrayField(
        models.FloatField(), default=list, blank=True,
        help_text="distances of random pairs at 0, 0.1, ... 100 %: what a percentile is read from",
    )  # fmt: skip
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


class Embedding(models.Model):
    """A picture's vector in a space; one partial HNSW index a space, on vector::halfvec(dimensions)."""

    image = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="embeddings")
    space = models.ForeignKey(Space, models.CASCADE, related_name="embeddings")
    vector = HalfVectorField()

    class Meta:
        constraints = [models.UniqueConstraint("space", "image", name="embedding_is_unique")]

    def __str__(self) -> str:
        return f"picture {self.image_id} in space {self.space_id}"


class Projection(models.Model):
    """raw vector -> the vector that is stored: (raw - mean) @ matrix, to length 1. Apart, so that lists stay light."""

    space = models.OneToOneField(Space, models.CASCADE, primary_key=True, related_name="stored_projection")
    packed = models.BinaryField(help_text="as similarity.vision.projection packs it")

    def __str__(self) -> str:
        return f"projection of space {self.space_id}"


class Sample(models.Model):
    """A picture's raw vector, kept until the projection of its space is fitted."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="samples")
    image = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+")
    raw = models.BinaryField(help_text="float16, little-endian")

    class Meta:
        constraints = [models.UniqueConstraint("space", "image", name="sample_is_unique")]

    def __str__(self) -> str:
        return f"picture {self.image_id} for space {self.space_id}"


class Evaluation(models.Model):
    """What a network and lens scored on pictures whose right answers are known; the Models page shows the latest."""

    class Kind(models.TextChoices):
        RETRIEVAL = "retrieval"
        COPIES = "copies"
        SPEED = "speed"

    kind = models.CharField(max_length=10, choices=Kind)
    dataset = models.CharField(max_length=80, help_text="what it was measured on")
    lens = models.CharField(max_length=20)
    backbone = models.CharField(max_length=40)
    weights_digest = models.CharField(max_length=64, blank=True)
    is_trained = models.BooleanField("trained weights", default=True)
    pooling = models.CharField(max_length=40, blank=True)
    projection = models.CharField(max_length=64, blank=True)
    results = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["kind", "-created_at"], name="evaluation_latest")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.backbone} {self.lens} on {self.dataset}"


class Fingerprint(models.Model):
    """What tells copies apart from kin, whatever the network: a perceptual hash and a small grey thumbnail."""

    image = models.OneToOneField(ArtworkImage, models.CASCADE, primary_key=True, related_name="fingerprint")
    phash = BitField(length=64)
    is_flat = models.BooleanField(help_text="nothing to compare: blank pictures never match each other")
    thumb = models.BinaryField(help_text="64 x 64 luminance, uint8")
    colours = models.BinaryField(help_text="mean RGB of 4 x 4 cells, uint8")

    class Meta:
        indexes = [
            HnswIndex(
                name="fingerprint_hnsw",
                fields=["phash"],
                opclasses=["bit_hamming_ops"],
                condition=Q(is_flat=False),
            )
        ]

    def __str__(self) -> str:
        return f"fingerprint of picture {self.image_id}"


class Verdict(models.TextChoices):
    UNDECIDED = "undecided", "Undecided"
    DUPLICATE = "duplicate", "Duplicate"
    SIMILAR = "similar", "Similar but distinct"
    UNRELATED = "unrelated", "Unrelated"


class DuplicatePair(models.Model):
    """Two pictures that may show one thing. The verdict belongs to the pair and outlives every model."""

    low = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+")
    high = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+")
    is_identical = models.BooleanField("same pixels", default=False)
    hash_distance = models.PositiveSmallIntegerField(null=True, help_text="differing bits of 64")
    correlation = models.FloatField(default=0, help_text="of the aligned thumbnails, -1 to 1")
    suggested = models.CharField(max_length=10, choices=Verdict)
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.UNDECIDED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-is_identical", "-correlation", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_is_ordered"),
            models.UniqueConstraint("low", "high", name="pair_is_unique"),
            models.CheckConstraint(
                condition=Q(verdict="undecided") | Q(decided_at__isnull=False), name="verdict_has_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_identical", "-correlation", "id"],
                condition=Q(verdict="undecided"),
                name="review_queue",
            )
        ]

    def __str__(self) -> str:
        return f"pictures {self.low_id} and {self.high_id}: {self.verdict}"

    @property
    def percent(self) -> int:
        """The correlation as people read it: per cent, rounded down so that 100 means the same."""
        return int(100 * max(self.correlation, 0))

    def get_absolute_url(self) -> str:
        return reverse("review-pair", args=[self.pk])
