"""Collections, works and their pictures."""

from functools import cache

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Upper
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from collection import imaging
from collection.imaging.palette.palettes import Colour
from collection.models.search_index import number_key

LEAST_PUBLIC_SIDE_PX = 1_200  # the public sees the derivatives anyway
MOST_PUBLIC_SIDE_PX = 16_000
TINY_PX = 200  # pictures that are smaller on both sides show too little to be compared
UNKNOWN_MAKER = gettext_noop("Unknown maker")  # shown for a work without makers; some records also contain it
UNTITLED = gettext_noop("Untitled")


def maker_name(stored: str) -> str:
    """Return the name of a maker as it is shown: the unknown maker's depends on the language."""
    return gettext(UNKNOWN_MAKER) if stored == UNKNOWN_MAKER else stored


@cache
def picture_folder(prefix: str) -> str:
    """Return the beginning of the addresses of pictures. A page has hundreds of them, and reverse() is slow."""
    return reverse("picture", args=[1, 480, "webp"]).removesuffix("1/480.webp")


class Collection(models.Model):
    slug = models.SlugField(_("slug"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    institution = models.CharField(_("institution"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    rights_uri = models.URLField(_("default rights"), blank=True, help_text=_("for works that state none of their own"))
    is_public = models.BooleanField(_("public"), default=True)
    originals_public = models.BooleanField(_("originals are public"), default=False)
    public_side_px = models.PositiveIntegerField(
        _("largest side shown (px)"),
        default=4096,
        db_default=4096,
        validators=[MinValueValidator(LEAST_PUBLIC_SIDE_PX), MaxValueValidator(MOST_PUBLIC_SIDE_PX)],
        help_text=_(
            "how far everybody may enlarge a picture: the most pixels of its longer side, from 1,200 to 16,000."
            " Originals are downloaded only if they are public."
        ),
    )
    curators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="curated_collections", verbose_name=_("curators")
    )

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ("title",)
        constraints = [
            models.CheckConstraint(
                condition=Q(public_side_px__gte=LEAST_PUBLIC_SIDE_PX, public_side_px__lte=MOST_PUBLIC_SIDE_PX),
                name="public_side_is_in_range",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("collection", args=[self.slug])


class Artwork(models.Model):
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="artworks", verbose_name=_("collection"))
    accession_number = models.CharField(_("accession number"), max_length=100)
    title = models.CharField(_("title"), max_length=500, blank=True)
    creators = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("creators"))
    date_display = models.CharField(_("date"), max_length=200, blank=True, help_text=_("as shown: c. 1860"))
    year_start = models.IntegerField(_("earliest year"), null=True, blank=True, help_text=_("negative before our era"))
    year_end = models.IntegerField(_("latest year"), null=True, blank=True)
    medium = models.CharField(_("medium"), max_length=500, blank=True)
    dimensions = models.CharField(_("dimensions"), max_length=500, blank=True)
    classification = models.CharField(_("classification"), max_length=200, blank=True)
    department = models.CharField(_("department"), max_length=200, blank=True)
    culture = models.CharField(_("culture"), max_length=200, blank=True)
    credit_line = models.CharField(_("credit line"), max_length=500, blank=True)
    rights_uri = models.URLField(_("rights"), blank=True)
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    description = models.TextField(_("description"), blank=True)
    is_published = models.BooleanField(_("published"), default=False)
    # Whether its first picture is ready. A trigger updates it, see migration 0003.
    is_ready = models.BooleanField(_("ready"), default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # The work that this record was merged into. It is then an alias: no list has it, and its address redirects.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, db_index=False, related_name="aliases"
    )
    search = SearchVectorField(null=True, editable=False)  # updated by a trigger, see migration 0014
    number_key = number_key()
    hit: object = None  # what a search has marked: collection.browsing.text.highlighting.Hit

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("artwork")
        verbose_name_plural = _("artworks")
        constraints = [
            models.UniqueConstraint("collection", "accession_number", name="accession_number_is_unique"),
            models.CheckConstraint(condition=Q(year_start__lte=F("year_end")), name="years_are_ordered"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="no_work_is_its_own_alias"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="artwork_search"),
            GinIndex(fields=["creators"], name="artwork_creators"),
            models.Index(fields=["collection", "-id"], name="artwork_newest"),
            models.Index(fields=["classification", "-id"], name="artwork_classification"),
            models.Index(F("id").desc(), condition=Q(is_published=True, is_ready=True), name="artwork_shown"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="artwork_aliases"),
            models.Index(fields=["number_key"], name="artwork_number"),
            models.Index(fields=["department"], name="artwork_department"),
            models.Index(fields=["culture"], name="artwork_culture"),
            models.Index(fields=["medium"], name="artwork_medium"),
            models.Index(Coalesce("year_start", "year_end"), Coalesce("year_end", "year_start"), name="artwork_years"),
            models.Index(Upper("accession_number"), condition=Q(merged_into__isnull=False), name="alias_number"),
        ]

    def __str__(self) -> str:
        """Return the name that the audit log stores. It is in English in every language."""
        return f"{self.title or UNTITLED} ({self.accession_number})"

    @property
    def shown_title(self) -> str:
        return self.title or gettext(UNTITLED)

    @property
    def shown_creators(self) -> str:
        return ", ".join(map(maker_name, self.creators)) or gettext(UNKNOWN_MAKER)

    @property
    def shown_rights_uri(self) -> str:
        return self.rights_uri or self.collection.rights_uri

    @property
    def lead_image(self) -> "ArtworkImage | None":
        """Return the first view, by a query unless collection.queries.with_lead_image has fetched it."""
        if hasattr(self, "lead_images"):
            return self.lead_images[0] if self.lead_images else None
        return self.images.order_by("position").first()

    def get_absolute_url(self) -> str:
        return reverse("work", args=[self.pk])


class ArtworkImage(models.Model):
    """A picture of a work. Its file is named by its content, so rows with the same sha256 share a file."""

    artwork = models.ForeignKey(Artwork, models.CASCADE, related_name="images", verbose_name=_("artwork"))
    collection = models.ForeignKey(Collection, models.PROTECT, related_name="images", verbose_name=_("collection"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    view_label = models.CharField(_("view label"), max_length=100, blank=True, help_text=_("front, detail, verso ..."))
    sha256 = models.CharField("SHA-256", max_length=64, help_text=_("of the file"))
    pixel_digest = models.CharField(
        _("pixel digest"), max_length=64, db_index=True, help_text=_("of the upright sRGB pixels")
    )
    format = models.CharField(_("format"), max_length=8)
    extension = models.CharField(_("extension"), max_length=8)
    size_bytes = models.PositiveBigIntegerField(_("size (bytes)"))
    width_px = models.PositiveIntegerField(_("width (px)"))
    height_px = models.PositiveIntegerField(_("height (px)"))
    original_name = models.CharField(_("original name"), max_length=255, blank=True)
    # Whether its derivatives have been made. A trigger updates it, see migration 0003.
    is_ready = models.BooleanField(_("ready"), default=False, db_default=False, editable=False)
    # Colours with their shares (collection.imaging.palette.palettes), and the cells that a search by colour uses.
    palette = models.JSONField(default=list, db_default=[], editable=False, help_text="[L*, a*, b*, share], ...")
    colour_cells = ArrayField(models.SmallIntegerField(), default=list, db_default=[], editable=False)
    # The longer sides in px of its derivatives that also exist as AVIF (collection.files.avif).
    avif_sides = ArrayField(models.SmallIntegerField(), default=list, db_default=[], editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ("artwork_id", "position")
        verbose_name = _("artwork image")
        verbose_name_plural = _("artwork images")
        constraints = [
            models.UniqueConstraint("collection", "sha256", name="file_is_held_once"),
            models.UniqueConstraint("artwork", "position", name="position_is_unique"),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="picture_file"),
            GinIndex(fields=["colour_cells"], name="picture_colours"),
            models.Index("id", condition=Q(width_px__lt=TINY_PX, height_px__lt=TINY_PX), name="picture_tiny"),
        ]

    def __str__(self) -> str:
        return f"{self.artwork.accession_number} {self.view_label or self.position}"

    def url(self, side_px: int, extension: str = "webp") -> str:
        return f"{picture_folder(get_script_prefix())}{self.pk}/{side_px}.{extension}"

    @property
    def colours(self) -> list[Colour]:
        """Return the palette, the largest share first, or [] before it is computed."""
        return [Colour(*row) for row in self.palette]

    @property
    def public_side_px(self) -> int:
        """Return the longer side in pixels of the public image: that of the original, or the limit if that is lower."""
        return min(max(self.width_px, self.height_px), self.artwork.collection.public_side_px)

    def size_at(self, side_px: int) -> tuple[int, int]:
        """Return (width, height) in pixels of the derivative of that side. A small picture is not enlarged."""
        return imaging.fit((self.width_px, self.height_px), side_px)

    @property
    def small_url(self) -> str:
        return self.url(160)

    @property
    def medium_url(self) -> str:
        return self.url(480)

    @property
    def large_url(self) -> str:
        return self.url(1200)
