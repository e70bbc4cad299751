"""The works that a worker found in a visitor's photograph, limited to those that a user may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage, Collection
from similarity.image_query.answers import Answer, Corners, Found

LOOKS_LIKE = 4  # works listed for a part of the photograph that was not recognised
NUMBERS = (
    gettext_noop("One"), gettext_noop("Two"), gettext_noop("Three"), gettext_noop("Four"), gettext_noop("Five"),
    gettext_noop("Six"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A work in the photograph: its position, and the recognised work or the works it looks like."""

    number: int
    points: str  # corners in pixels of the photograph, as SVG writes a polygon
    box: str  # the part of the photograph around it, as SVG writes a viewBox
    recognised: ArtworkImage | None
    candidates: Sequence[ArtworkImage]


@dataclass(frozen=True)
class Photograph:
    """The works found in a photograph, which the page shows above the works that look alike."""

    size_px: tuple[int, int]
    places: Sequence[Place]

    @property
    def heading(self) -> str:
        count, known = len(self.places), len(self.recognised)
        if count == 1:
            return gettext("This work is in the collection")
        if known == count:
            return gettext("%(count)s works found in your photograph") % {"count": in_words(count)}
        if not known:
            return gettext("%(count)s works in your photograph, none recognised") % {"count": in_words(count)}
        values = {"count": in_words(count), "known": in_words(known).lower()}
        return gettext("%(count)s works in your photograph, %(known)s recognised") % values

    @property
    def recognised(self) -> list[Artwork]:
        return [place.recognised.artwork for place in self.places if place.recognised]


def in_words(count: int) -> str:
    """Return a number from 1."""
    return gettext(NUMBERS[count - 1]) if count <= len(NUMBERS) else str(count)


def places_of(answer: Answer, user: permissions.User, scope: Collection | None = None) -> Photograph | None:
    """Return what was found in the photograph; None if nothing was recognised and fewer than two works stand out."""
    images = visible_images([pk for found in answer.found for pk in found.image_ids], user, scope)
    places = [place_of(found, images, answer.size_px) for found in answer.found]
    places = [place for place in places if place.recognised or place.candidates]
    if not any(place.recognised for place in places) and len(places) < 2:
        return None
    return Photograph(answer.size_px, [numbered(place, number) for number, place in enumerate(places, start=1)])


def recognised(answer: Answer, user: permissions.User) -> list[tuple[ArtworkImage, Corners]]:
    """Return the recognised pictures, with their corners in the photograph."""
    found = [one for one in answer.found if one.is_recognised]
    images = visible_images([one.image_ids[0] for one in found], user, None)
    return [(images[one.image_ids[0]], one.corners) for one in found if one.image_ids[0] in images]


def visible_images(
    image_ids: Sequence[int], user: permissions.User, scope: Collection | None
) -> Mapping[int, ArtworkImage]:
    """Return those of these pictures that the user may see, in the collection if one is given, by id."""
    if not image_ids:
        return {}
    shown = queries.images().filter(permissions.visible_pictures(user)).select_related("artwork__collection")
    return (shown if scope is None else shown.filter(artwork__collection=scope)).in_bulk(image_ids)


def place_of(found: Found, images: Mapping[int, ArtworkImage], size_px: tuple[int, int]) -> Place:
    """Return a place, not numbered yet. Its work is recognised only if the user may see the first picture."""
    there = [images[pk] for pk in found.image_ids if pk in images]
    is_first = bool(there) and there[0].pk == found.image_ids[0]
    recognised = there[0] if found.is_recognised and is_first else None
    return Place(0, points(found, size_px), box(found, size_px), recognised, [] if recognised else there[:LOOKS_LIKE])


def numbered(place: Place, number: int) -> Place:
    return Place(number, place.points, place.box, place.recognised, place.candidates)


def points(found: Found, size_px: tuple[int, int]) -> str:
    """Return the corners in pixels, as SVG writes the points of a polygon."""
    return " ".join(f"{x * size_px[0]:.1f},{y * size_px[1]:.1f}" for x, y in found.corners)


def box(found: Found, size_px: tuple[int, int]) -> str:
    """Return left, top, width and height of the corners' box, within the photograph."""
    xs = [min(max(x, 0.0), 1.0) * size_px[0] for x, _ in found.corners]
    ys = [min(max(y, 0.0), 1.0) * size_px[1] for _, y in found.corners]
    width_px, height_px = max(max(xs) - min(xs), 1.0), max(max(ys) - min(ys), 1.0)
    return f"{min(xs):.1f} {min(ys):.1f} {width_px:.1f} {height_px:.1f}"
