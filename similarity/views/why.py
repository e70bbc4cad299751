"""Why two works are alike: both pictures side by side, with the regions that answer each other."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from collection import permissions, queries
from collection.models import Artwork, ArtworkImage
from collection.views.fragments import Request, respond, target_of
from similarity import spaces, veil, why
from similarity.explanations import Explanation
from similarity.models import Space
from similarity.vision.lenses import COLOUR, COMPOSITION, DEFAULT_LENS, LENSES, SUBJECT, TEXTURE, Lens

NOT_YET = "These works have not been compared with each other yet."
BY_FORM = "The brighter a region, the more its forms recur in the other picture."
SEEN = {
    SUBJECT: "The brighter a region, the more what is shown there recurs in the other picture.",
    COMPOSITION: "The brighter a region, the more alike the two pictures are in that very place.",
    TEXTURE: f"{BY_FORM} Texture itself is compared without regard to where it lies.",
    COLOUR: "The brighter a region, the more of its colour there is in the other picture.",
}


@dataclass(frozen=True)
class Side:
    work: Artwork
    drawing: veil.Drawing


@require_safe
def why_similar(request: Request, pk: int, other: int) -> HttpResponse:
    """A page, or a fragment that asks again while it waits. ?lens= to look by, ?image= of the other work."""
    if pk == other:
        raise Http404
    pairs = [(work, chosen_image(request, work, is_other=work.pk == other)) for work in works(request, pk, other)]
    lens = LENSES.get(request.GET.get("lens", ""), LENSES[DEFAULT_LENS])
    context = {"lens": lens, "seen": SEEN.get(lens.name, BY_FORM), **explained(pairs, lens)}
    template = "similarity/_why.html" if target_of(request) else "similarity/why.html"
    return respond(request, template, context)


def works(request: Request, *pks: int) -> list[Artwork]:
    """Raises Http404 unless this visitor may see all of them."""
    visible = permissions.visible_works(request.user).select_related("collection")
    return [get_object_or_404(visible, pk=pk) for pk in pks]


def chosen_image(request: Request, work: Artwork, *, is_other: bool) -> ArtworkImage:
    """Raises Http404 for a work without pictures."""
    views = queries.views_of(work)
    if not views:
        raise Http404
    asked = request.GET.get("image", "") if is_other else ""
    return next((view for view in views if str(view.pk) == asked), views[0])


def explained(pairs: list[tuple[Artwork, ArtworkImage]], lens: Lens) -> dict[str, object]:
    images = [image for _, image in pairs]
    live = spaces.live_spaces()
    space = next((space for space in live if space.lens == lens.name), None)
    found = Explanation("refused", NOT_YET) if space is None else why.explain(images[0].pk, images[1].pk, space)
    drawings = veil.draw(images, found)
    return {
        "explanation": found,
        "sides": [Side(work, drawing) for (work, _), drawing in zip(pairs, drawings, strict=True)],
        "marks": list(zip(*(drawing.marks for drawing in drawings), strict=True)),
        "lenses": [LENSES[space.lens] for space in live if space.lens in LENSES],
        "caption": caption(images, space),
    }


def caption(images: list[ArtworkImage], space: Space | None) -> str:
    closer_than = None if space is None else why.closer_than(images[0].pk, images[1].pk, space)
    return "" if closer_than is None else f"Closer than {min(closer_than, 99.9):.1f} % of pairs"
