"""Build the learned looks that administrators ask for on the pages. Work of CPU workers: torch is not loaded."""

from django.db import transaction

from similarity import requests, spaces, supervision
from similarity.models import SpaceRequest


def run() -> bool:
    """Build the learned look that was asked for first. Return whether there was one."""
    return requests.answer_next(~requests.NETWORKS, learn)


def learn(taken: SpaceRequest) -> None:
    """Build a space that is learned from the museum's records. The request goes with the start of its space, so that
    after a crash neither is there twice; what was withdrawn meanwhile is not built."""
    try:
        learned = supervision.learn(taken.supervised_by)
        with transaction.atomic():
            deleted, _ = SpaceRequest.objects.filter(pk=taken.pk).delete()
            space = supervision.begin(learned) if deleted else None
    except spaces.SpaceError as error:
        requests.refuse(taken, taken.lenses, str(error))
        return
    if space is not None:
        supervision.fill(space, learned)
