"""Build the supervised looks that administrators request on the Spaces page. CPU workers do this without torch."""

from django.db import transaction

from similarity.learning import supervision
from similarity.models import SpaceRequest
from similarity.spaces import lifecycle, space_requests


def run() -> bool:
    """Build the look of the oldest request. Return whether there was a request."""
    return space_requests.answer_next(~space_requests.NETWORKS, learn)


def learn(taken: SpaceRequest) -> None:
    """Build the supervised space of a request.

    One transaction deletes the request and creates the space, so a crash cannot leave both. If the request was
    withdrawn in the meantime, no space is built.
    """
    try:
        learned = supervision.learn(taken.supervised_by)
        with transaction.atomic():
            deleted, _ = SpaceRequest.objects.filter(pk=taken.pk).delete()
            space = supervision.begin(learned) if deleted else None
    except lifecycle.SpaceError as error:
        space_requests.refuse(taken, taken.lenses, str(error))
        return
    if space is not None:
        supervision.fill(space, learned)
