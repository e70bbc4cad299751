"""Show why two works are alike: both pictures side by side, with the regions that correspond."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from collection import clients, queries
from collection.models import Artwork, ArtworkImage
from collection.views.fragments import Request, respond, target_of
from similarity.explain import overlay, questions
from similarity.explain.explanations import Explanation
from similarity.models import Space
from similarity.neighbours import lens_forms, similar_works
from similarity.neighbours.lens_forms import Choice
from similarity.spaces import lifecycle
from similarity.vision.lenses import COLOUR, COMPOSITION, DEFAULT_LENS, LENSES, SUBJECT, TEXTURE, Lens

NOT_YET = gettext_noop("These works have not been compared with each other yet.")
BY_FORM = _("The brighter a region, the more its forms recur in the other picture.")
SEEN = {
    SUBJECT: _(
        "The brighter a region, the more its forms recur in the other picture."
        " The subject itself is compared for the whole picture, not region by region."
    ),
    COMPOSITION: _("The brighter a region, the more alike the two pictures are in the same place."),
    TEXTURE: _(
        "The brighter a region, the more its forms recur in the other picture."
        " Texture itself is compared regardless of its place in the picture."
    ),
    COLOUR: _("The brighter a region, the more of its colour appears in the other picture."),
}


@dataclass(frozen=True)
class Side:
    work: Artwork
    drawing: overlay.Drawing


@dataclass(frozen=True)
class Way:
    """A lens that is offered, and the address of the page that compares by it."""

    lens: Lens
    address: str
    is_chosen: bool


@require_safe
def why_similar(request: Request, pk: int, other: int) -> HttpResponse:
    """Show a page, or a fragment that loads again while the answer waits.

    ?by= is the lens to explain by, ?image= the picture of the other work. The other fields are those of the list that
    the visitor came from, for the links back.
    """
    if pk == other:
        raise Http404
    live = lifecycle.live_spaces()
    choice = lens_forms.read(request.GET, [space.lens for space in live])
    views = (choice.view, request.GET.get("image", ""))
    both = zip(works(request, pk, other), views, strict=True)
    pairs = [(work, chosen_image(request, work, view)) for work, view in both]
    ways = ways_to_look(request, choice, live, pairs[1][1])
    lens = next((way.lens for way in ways if way.is_chosen), LENSES[DEFAULT_LENS])
    answer = explained(request, pairs, next((space for space in live if space.lens == lens.name), None))
    context = {
        "choice": choice,
        "ways": ways,
        "here": next((way.address for way in ways if way.is_chosen), request.path),
        "seen": SEEN.get(lens.name, BY_FORM),
        **answer,
    }
    template = "similarity/_why.html" if target_of(request) else "similarity/why.html"
    response = respond(request, template, context)
    if answer["is_waiting"]:
        add_never_cache_headers(response)  # else a proxy would show "Comparing" for ever
    return response


def ways_to_look(request: Request, choice: Choice, live: Sequence[Space], image: ArtworkImage) -> list[Way]:
    """Return the offered lenses, those of the visitor's blend first. One of them is chosen."""
    offered = sorted((space.lens for space in live), key=lambda name: -choice.shares.get(name, 0))
    by = request.GET.get("by", "")
    chosen = by if by in offered else choice.lens.name if choice.lens else ""
    return [
        Way(LENSES[name], request.path + choice.query_with({"by": name, "image": image.pk}), name == chosen)
        for name in offered
    ]


def works(request: Request, *pks: int) -> list[Artwork]:
    """Return these works. Raise Http404 unless this visitor may see all of them."""
    return [queries.work_or_404(request.user, pk) for pk in pks]


def chosen_image(request: Request, work: Artwork, view: str) -> ArtworkImage:
    """Return the picture with this id, or the work's first one. Raise Http404 if the visitor may see no picture."""
    images = queries.views_of(work, request.user)
    if not images:
        raise Http404
    return next((image for image in images if str(image.pk) == view), images[0])


def explained(request: Request, pairs: list[tuple[Artwork, ArtworkImage]], space: Space | None) -> dict[str, object]:
    images = [image for _, image in pairs]
    found = Explanation("refused", NOT_YET)
    if space is not None:
        client = clients.client_of(request)
        found = questions.explain(images[0].pk, images[1].pk, space, client=client)
    if found.reason:
        found = replace(found, reason=gettext(found.reason))
    drawings = overlay.draw(images, found)
    return {
        "explanation": found,
        "is_waiting": found.state == "waiting",
        "sides": [Side(work, drawing) for (work, _), drawing in zip(pairs, drawings, strict=True)],
        "marks": list(zip(*(drawing.marks for drawing in drawings), strict=True)),
        "caption": caption(images, space),
    }


def caption(images: list[ArtworkImage], space: Space | None) -> str:
    closer_than = None if space is None else questions.closer_than(images[0].pk, images[1].pk, space)
    if closer_than is None:
        return ""
    return gettext("Closer than %(share)s of pairs") % {"share": similar_works.percent(closer_than)}
