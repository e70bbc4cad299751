"""Fingerprints of pictures, pairs that may be duplicates, and the verdicts on them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pgvector.django import BitField, HnswIndex

from collection.models import ArtworkImage, WorkRelation

TWIN_BITS = 48


class Fingerprint(models.Model):
    """Hashes and thumbnails of one picture, by which its copies are found and compared.

    The perceptual hash and the thumbnails need no network. A small network computes the twin value (decision 25):
    altered copies have equal values, or values of which few bits differ. It is empty until it is known, and for flat
    pictures.
    """

    image = models.OneToOneField(
        ArtworkImage, models.CASCADE, primary_key=True, related_name="fingerprint", verbose_name=_("picture")
    )
    phash = BitField(_("perceptual hash"), length=64)
    is_flat = models.BooleanField(_("flat"), help_text=_("blank: such pictures never match each other"))
    thumb = models.BinaryField(help_text="64 x 64 luminance, uint8")
    colours = models.BinaryField(help_text="mean RGB of 4 x 4 cells, uint8")
    # The release before writes rows without these two during an upgrade.
    twin = models.CharField(
        _("twin value"), max_length=12, blank=True, default="", db_default="", help_text=_("12 hex digits")
    )
    twin_bits = BitField(
        _("twin value in bits"), length=TWIN_BITS, null=True, blank=True, help_text=_("the same value as bits")
    )

    class Meta:
        verbose_name = _("fingerprint")
        verbose_name_plural = _("fingerprints")
        constraints = [
            models.CheckConstraint(
                condition=Q(twin="", twin_bits__isnull=True) | Q(twin__regex="^[0-9a-f]{12}$", twin_bits__isnull=False),
                name="twin_has_bits",
            )
        ]
        indexes = [
            HnswIndex(
                name="fingerprint_hnsw",
                fields=["phash"],
                opclasses=["bit_hamming_ops"],
                condition=Q(is_flat=False),
            ),
            models.Index(fields=["twin"], name="fingerprint_twin"),
            models.Index("image", condition=Q(is_flat=True), name="fingerprint_flat"),
            HnswIndex(
                name="fingerprint_twin_hnsw",
                fields=["twin_bits"],
                opclasses=["bit_hamming_ops"],
                condition=Q(is_flat=False, twin_bits__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"fingerprint of picture {self.image_id}"


class Verdict(models.TextChoices):
    UNDECIDED = "undecided", _("Undecided")
    DUPLICATE = "duplicate", _("Duplicate")
    SIMILAR = "similar", _("Similar but distinct")
    SAME_OBJECT = "same_object", _("Same object, other photograph")
    DETAIL_OF = "detail_of", _("Detail of the other")
    EDITION_OF = "edition_of", _("Edition or copy of the other")
    UNRELATED = "unrelated", _("Unrelated")


class Kind(models.TextChoices):
    """The way in which one picture is a copy of the other. See `similarity.vision.copies.kinds`."""

    UNKNOWN = "", _("Not determined")
    SAME_FILE = "same_file", _("The same file")
    SAME_PIXELS = "same_pixels", _("The same pixels in another file")
    REENCODED = "reencoded", _("The same photograph, saved again")
    RECOLOURED = "recoloured", _("The same photograph in other colours")
    OVERLAID = "overlaid", _("The same photograph with something laid over it")
    BORDERED = "bordered", _("The same photograph with a border, a frame or a wall around it")
    DETAIL = "detail", _("A detail of the other, or both show parts")
    TURNED = "turned", _("The same photograph, turned")
    MIRRORED = "mirrored", _("The same photograph, mirrored")
    OTHER_PHOTOGRAPH = "other_photograph", _("Another photograph of the same object")
    DIFFERENT = "different", _("Not the same")


class Rule(models.TextChoices):
    """What decided the kind and the suggestion of a pair."""

    BYTES = "bytes", _("equal files")
    PIXELS = "pixels", _("equal pixels")
    FEATURES = "features", _("places that match and the pixels there")
    REGISTRATION = "registration", _("thumbnails, as the pictures have too few distinct places")


class DuplicateCase(models.Model):
    """Three or more pictures connected by pairs suggested or decided as duplicates. See `duplicates.grouping`."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"case {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("review-case", args=[self.pk])


class ReviewBatch(models.Model):
    """Sure pairs that were decided as duplicates by one press of a button. See `review.batches`.

    Where two reviewers are required, some or all of the pairs only have an opinion of the reviewer.
    """

    kind = models.CharField(max_length=20)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()
    size = models.PositiveIntegerField(help_text="pairs that it decided, some of which may be taken back since")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"batch {self.pk}: {self.size} pairs, {self.kind}"


class Side(models.TextChoices):
    """One of the two pictures of a pair."""

    LOW = "low", _("the first picture")
    HIGH = "high", _("the second picture")


class DuplicatePair(models.Model):
    """Two pictures that may be duplicates. The verdict belongs to the pair, so new vectors do not change it."""

    class Relation(models.TextChoices):
        """The transformation that lays one picture over the other."""

        STRAIGHT = "", _("As it is")
        MIRRORED = "mirrored", _("Mirrored")
        DETAIL = "detail", _("Upon a part of it")

    low = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+", verbose_name=_("first picture"))
    high = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+", verbose_name=_("second picture"))
    case = models.ForeignKey(DuplicateCase, models.SET_NULL, null=True, blank=True, related_name="pairs")
    is_identical = models.BooleanField(_("same pixels"), default=False)
    relation = models.CharField(
        pgettext_lazy("two pictures", "relation"),
        max_length=10, choices=Relation, default=Relation.STRAIGHT, blank=True,
        db_default=Relation.STRAIGHT,  # the release before writes rows without it during an upgrade
    )  # fmt: skip
    hash_distance = models.PositiveSmallIntegerField(
        _("hash distance"), null=True, help_text=_("differing bits of 64; empty for a detail")
    )
    correlation = models.FloatField(
        _("correlation"), default=0, help_text=_("Pearson correlation of the aligned thumbnails, -1 to 1")
    )
    kind = models.CharField(max_length=20, choices=Kind, blank=True, default=Kind.UNKNOWN, db_default="")
    rule = models.CharField(max_length=20, choices=Rule, default=Rule.REGISTRATION, db_default="registration")
    inliers = models.PositiveIntegerField(null=True, help_text="places where local features match; empty without them")
    low_share = models.FloatField(null=True, help_text="share of the first picture that the other shows, 0 to 1")
    high_share = models.FloatField(null=True, help_text="share of the second picture that the other shows, 0 to 1")
    colour_difference = models.FloatField(null=True, help_text="median over the overlap, CIELAB units")
    alike_share = models.FloatField(null=True, help_text="share of the cells of the overlap that correlate, 0 to 1")
    colour_distance = models.FloatField(null=True, help_text="mean over the thumbnails, CbCr units, 0 to about 180")
    certainty = models.FloatField(
        _("certainty"),
        default=0, db_default=0,  # the release before writes rows without it; `rescoring` computes it for them
        help_text=_("how certain it is that both show one photograph, 0 to 1; 0 until it is computed"),
    )  # fmt: skip
    # Row by row, 3 x 3, from fractions of the second picture, mirrored first if its kind is, to those of the first.
    homography = models.JSONField(null=True)
    signals = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), help_text="by name")
    suggested = models.CharField(_("suggested"), max_length=20, choices=Verdict)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict, default=Verdict.UNDECIDED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    derived = models.CharField(
        max_length=4, choices=Side, blank=True, default="", db_default="",
        help_text="the picture that is a detail, an edition or a copy of the other, where that is the verdict",
    )  # fmt: skip
    relation_made = models.ForeignKey(
        WorkRelation, models.SET_NULL, null=True, blank=True, related_name="+", help_text="by the verdict"
    )
    batch = models.ForeignKey(ReviewBatch, models.SET_NULL, null=True, blank=True, related_name="pairs")
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The reviewer who looks at the pair, and until when it is not shown to others as their next. See review.claims.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, db_index=False,
        related_name="+",
    )  # fmt: skip
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    # One of its pictures has the pixels of many works, such as a placeholder. See duplicates.placeholders.
    stands_for_many = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        ordering = ("-certainty", "pk")
        verbose_name = _("duplicate pair")
        verbose_name_plural = _("duplicate pairs")
        constraints = [
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_is_ordered"),
            models.UniqueConstraint("low", "high", name="pair_is_unique"),
            models.CheckConstraint(
                condition=Q(verdict="undecided") | Q(decided_at__isnull=False), name="verdict_has_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["-certainty", "id"], condition=Q(verdict="undecided"), name="review_queue"),
            models.Index(fields=["id"], condition=Q(certainty=0), name="pairs_without_certainty"),
            models.Index(fields=["id"], condition=Q(verdict="undecided"), name="undecided_pairs"),
            models.Index(fields=["-decided_at", "-id"], condition=~Q(verdict="undecided"), name="decided_pairs"),
            models.Index("id", condition=Q(stands_for_many=True), name="placeholder_pairs"),
        ]

    def __str__(self) -> str:
        return f"pictures {self.low_id} and {self.high_id}: {self.verdict}"

    @property
    def pictures(self) -> tuple[ArtworkImage, ArtworkImage]:
        return self.low, self.high

    @property
    def certainty_percent(self) -> int:
        """Return the certainty in per cent, 0 to 100. It is rounded down, so 100 means equal pixels."""
        return int(100 * self.certainty)

    @property
    def percent(self) -> int:
        """Return the correlation in per cent, 0 to 100. It is rounded down, so 100 means equal."""
        return int(100 * max(self.correlation, 0))

    @property
    def low_percent(self) -> int:
        """Return how much of the first picture the other shows, in per cent."""
        return round(100 * (self.low_share or 0))

    @property
    def high_percent(self) -> int:
        """Return how much of the second picture the other shows, in per cent."""
        return round(100 * (self.high_share or 0))

    def get_absolute_url(self) -> str:
        return reverse("review-pair", args=[self.pk])
