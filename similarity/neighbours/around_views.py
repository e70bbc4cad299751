"""Show one work with its nearest works around it. A visitor chooses one of them to put it in the middle."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from collection import queries
from collection.views.fragments import Request, respond, target_of
from similarity.neighbours import lens_forms, similar_works
from similarity.neighbours.similar_views import tabs
from similarity.spaces import lifecycle

AROUND = "around"  # the id of the element that htmx fills, and the URL name
SHOWN = 8  # half of them on each side of the work


@require_safe
def around(request: Request, pk: int) -> HttpResponse:
    """Show a work and its nearest works: a fragment for htmx, or a separate page for browsers without scripts.

    ?lens=colour or ?look=70&colour=30 chooses the lenses, as on the page of a work.
    """
    work = queries.work_or_404(request.user, pk)
    live = lifecycle.live_spaces()
    choice = lens_forms.read(request.GET, [space.lens for space in live])
    images = queries.views_of(work, request.user)
    kin = similar_works.similar(work, request.user, SHOWN, blend=choice.shares, live=live) or []
    context = {
        "work": work,
        "image": images[0] if images else None,
        "kin": kin,
        "sides": [kin[: len(kin) // 2], kin[len(kin) // 2 :]],
        "choice": choice,
        "tabs": tabs(live, choice, reverse(AROUND, args=[work.pk])),
    }
    is_fragment = target_of(request) == AROUND
    return respond(request, "similarity/_around.html" if is_fragment else "similarity/around.html", context)
