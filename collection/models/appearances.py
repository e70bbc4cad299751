"""The look of the site: the museum's name, logo, colours, typefaces and texts. See docs/decisions/0043."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

COLOUR = r"^(#[0-9a-f]{6})?$"
DEFAULT_NAME = "Kindred"


class Logo(models.Model):
    """A logo as PNG, made by config.appearance.logos. Several appearances may use it, so it is never changed."""

    png = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    width_px = models.PositiveIntegerField(editable=False)
    height_px = models.PositiveIntegerField(editable=False)

    def __str__(self) -> str:
        return f"logo of {self.width_px} by {self.height_px} pixels"


class Appearance(models.Model):
    """One version of the look. An empty field means the default. Only a draft may change."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        EARLIER = "earlier", _("Earlier")

    class Typefaces(models.TextChoices):
        SERIF = "serif", _("Source Serif 4 for titles, Instrument Sans for text")
        SANS = "sans", _("Instrument Sans for titles and text")
        SYSTEM_SERIF = "system-serif", _("The device's own fonts, titles with serifs")
        SYSTEM_SANS = "system-sans", _("The device's own fonts, titles without serifs")

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, editable=False)
    name = models.CharField(_("name of the museum"), max_length=80, blank=True)
    logo = models.ForeignKey(
        Logo, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("logo")
    )
    logo_dark = models.ForeignKey(
        Logo,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("logo for dark mode"),
    )
    logo_has_name = models.BooleanField(_("the logo contains the name"), default=False)
    accent_light = models.CharField(_("accent colour in light mode"), max_length=7, blank=True)
    accent_dark = models.CharField(_("accent colour in dark mode"), max_length=7, blank=True)
    typefaces = models.CharField(_("typefaces"), max_length=12, choices=Typefaces, default=Typefaces.SERIF)
    home_title = models.CharField(_("title of the home page"), max_length=120, blank=True)
    home_text = models.TextField(_("text of the home page"), max_length=600, blank=True)
    footer_line = models.CharField(_("line at the foot of every page"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    published_by = models.CharField(
        _("published by"), max_length=150, blank=True, editable=False, help_text=_("user name at the time")
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=("draft", "published")), name="one_draft_and_one_published"
            ),
            models.CheckConstraint(
                condition=Q(accent_light__regex=COLOUR, accent_dark__regex=COLOUR), name="accents_are_colours"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="published_has_a_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name} ({self.get_state_display().lower()})"

    @property
    def shown_name(self) -> str:
        return self.name or DEFAULT_NAME
