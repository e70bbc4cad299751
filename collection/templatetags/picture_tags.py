"""Template tags for pictures and navigation."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import gettext

from collection.files import refusal_texts, storage
from collection.models import Artwork, ArtworkImage, Collection, JobState
from collection.permissions import own_collections

register = template.Library()

ROW_REM = 15.0  # about the height of pictures in justified rows, see css/works.css
PHONE_ROW_REM, PHONE_REM = 9.0, 10.0  # less than on the page, so that phones with dense pixels load smaller files
LARGE_VH = 85  # the greatest height of a large picture, see css/work.css
SMALL_REM, PHONE_SMALL_REM = 6.0, 5.5  # about the width of the small pictures of a mosaic, see css/groups.css
FIRST_CARDS = 4  # that phones show without scrolling
RATIO_STEP = 0.05
NARROWEST, WIDEST = 0.5, 2.5  # width : height of the boxes; a picture beyond these does not fill its box
SMALL_SIZES = f"(min-width: 48rem) {SMALL_REM}rem, {PHONE_SMALL_REM}rem"


@register.filter
def stored_text(english: str) -> str:
    """Translate a sentence that was stored in English."""
    return refusal_texts.stored(english)


@register.inclusion_tag("collection/_picture.html")
def picture(
    image: ArtworkImage | None,
    alt: str = "",
    *,
    is_large: bool = False,
    is_small: bool = False,
    card_number: int | None = None,
) -> dict[str, Any]:
    """Render a picture in the sizes that a browser may choose from, or a sentence if it cannot be shown.

    Browsers load pictures when they come into view, except large ones and those of the first cards. They load these at
    once, before other pictures and scripts. card_number: 1 for the first card of the page.
    """
    if image is None or not image.is_ready:
        has_failed = image is not None and preparation(image) == JobState.FAILED
        return {"image": image, "is_ready": False, "has_failed": has_failed}
    sides_px = storage.SIDES_PX if is_small else storage.SIDES_PX[1:]
    width_px, height_px = image.size_at(sides_px[-1] if is_large else sides_px[0])
    return {
        "image": image,
        "is_ready": True,
        "alt": alt,
        "is_urgent": is_large or (card_number or FIRST_CARDS + 1) <= FIRST_CARDS,
        "tone": image.colours[0].hex if image.palette else "",
        "sizes": large_sizes(image) if is_large else SMALL_SIZES if is_small else card_sizes(image),
        "avif": srcset(image, sorted({*sides_px, *image.avif_sides}), "avif") if image.avif_sides else "",
        "webp": srcset(image, sides_px, "webp"),
        "jpg": srcset(image, sides_px, "jpg"),
        "src": image.url(sides_px[0], "jpg"),
        "width_px": width_px,
        "height_px": height_px,
    }


def preparation(image: ArtworkImage) -> str | None:
    """Return the state of the job for its derivatives, by a query unless collection.queries has fetched it."""
    if hasattr(image, "preparation"):
        return image.preparation
    return image.jobs.filter(key="derivatives").values_list("state", flat=True).first()


def card_sizes(image: ArtworkImage) -> str:
    """Return the `sizes` attribute of a picture in justified rows. For a slim picture browsers load a small file."""
    ratio = shown_ratio(image)
    return f"(min-width: 48rem) {ROW_REM * ratio:.1f}rem, {min(PHONE_ROW_REM * ratio, PHONE_REM):.1f}rem"


def large_sizes(image: ArtworkImage) -> str:
    return f"(min-width: 60rem) min(62vw, {LARGE_VH * image.width_px / image.height_px:.0f}vh), 100vw"


def shown_ratio(image: ArtworkImage) -> float:
    """Return width : height of the box of a picture."""
    return min(max(image.width_px / image.height_px, NARROWEST), WIDEST)


def srcset(image: ArtworkImage, sides_px: Sequence[int], extension: str) -> str:
    """Return the addresses and widths of a picture. A size without AVIF is WebP, which browsers with AVIF read too."""
    lacking = {side_px for side_px in sides_px if extension == "avif" and side_px not in image.avif_sides}
    widths = {
        image.size_at(side_px)[0]: image.url(side_px, "webp" if side_px in lacking else extension)
        for side_px in reversed(sides_px)
    }
    return ", ".join(f"{url} {width_px}w" for width_px, url in sorted(widths.items()))


@register.filter
def ratio_class(image: ArtworkImage | None) -> str:
    """Return the CSS class of a box with about the picture's width : height, see css/ratios.css."""
    steps = round((shown_ratio(image) if image else 1.0) / RATIO_STEP)
    return f"ratio-{steps * 5}"


@register.filter
def alt_text(image: ArtworkImage, work: Artwork) -> str:
    """Describe what the picture shows: 'Water Lilies, oil on canvas, by Claude Monet (detail)'."""
    parts = [work.shown_title, work.medium or work.classification]
    text = ", ".join(part for part in parts if part)
    if work.creators:
        text = gettext("%(work)s, by %(maker)s") % {"work": text, "maker": work.shown_creators}
    return text + (f" ({image.view_label})" if image.view_label else "")


@register.simple_tag(takes_context=True)
def curated(context: template.Context) -> list[Collection]:
    """Return the collections that the visitor may change; none on a page without a request."""
    user = context.get("user")
    return own_collections(user) if user else []
