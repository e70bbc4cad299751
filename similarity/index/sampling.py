"""Pictures drawn at random from a space, in a time that does not grow with it."""

import numpy as np
from django.db.models import Max, Min, Q

from similarity.models import Embedding, Space

ROUNDS = (3, 6, 12, 24, 48)  # guesses for each picture wanted; nearly always the first round is enough


def image_ids(space: Space, count: int, among: Q = Q(), *, seed: int = 0) -> list[int]:
    """Ids of `count` different pictures, ascending; of all where there are fewer. `among` narrows the Embeddings.

    Ids are guessed between the least and the greatest, and those are taken that are there: whatever was deleted,
    every picture is as likely as any other. Only where hardly one guess in a hundred hits (a narrow filter, a range
    with few pictures left in it) all ids are read. A seed draws the same pictures as long as none come or go.
    """
    ends = Embedding.objects.filter(space=space).aggregate(first=Min("image_id"), last=Max("image_id"))
    if ends["first"] is None:
        return []
    rng = np.random.default_rng(seed)
    admitted = Embedding.objects.filter(among, space=space)
    found: dict[int, None] = {}  # in the order in which they were guessed
    for share in ROUNDS if ends["last"] - ends["first"] >= ROUNDS[0] * count else ():
        guesses = rng.integers(ends["first"], ends["last"], share * count, endpoint=True).tolist()
        there = set(admitted.filter(image_id__in=guesses).values_list("image_id", flat=True))
        found |= dict.fromkeys(pk for pk in guesses if pk in there)
        if len(found) >= count:
            return sorted(list(found)[:count])
    every = np.array(admitted.order_by("image_id").values_list("image_id", flat=True), np.int64)
    return sorted(rng.choice(every, min(count, len(every)), replace=False).tolist())
