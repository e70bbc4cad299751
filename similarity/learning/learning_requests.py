"""Build the learned looks that administrators ask for on the pages. Work of CPU workers: torch is not loaded."""

from django.db import transaction

from similarity.learning import supervision
from similarity.models import SpaceRequest
from similarity.spaces import lifecycle, space_requests


def run() -> bool:
    """Build the learned look that was asked for first. Return whether there was one."""
    return space_requests.answer_next(~space_requests.NETWORKS, learn)


def learn(taken: SpaceRequest) -> None:
    """Build a space that is learned from the museum's records. The request goes with the start of its space, so that
    after a crash neither is there twice; what was withdrawn meanwhile is not built."""
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
