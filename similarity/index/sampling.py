"""Sample pictures of a space at random, in a time that does not grow with its size."""

import numpy as np
from django.db.models import Max, Min, Q

from similarity.models import Embedding, Space

ROUNDS = (3, 6, 12, 24, 48)  # guesses for each picture wanted; the first round is nearly always enough


def image_ids(space: Space, count: int, among: Q = Q(), *, seed: int = 0) -> list[int]:
    """Return the ids of `count` different pictures, ascending, or of all if there are fewer.

    `among` is a condition on Embedding. Ids are guessed between the least and the greatest, and those that exist are
    taken. So every picture is equally likely, whatever was deleted. If hardly one guess in a hundred exists (a narrow
    filter, or few pictures in a wide range of ids), all ids are read instead. The same seed gives the same pictures
    while none are added or deleted.
    """
    ends = Embedding.objects.filter(space=space).aggregate(first=Min("image_id"), last=Max("image_id"))
    if ends["first"] is None:
        return []
    rng = np.random.default_rng(seed)
    admitted = Embedding.objects.filter(among, space=space)
    found: dict[int, None] = {}  # in the order of the guesses
    for share in ROUNDS if ends["last"] - ends["first"] >= ROUNDS[0] * count else ():
        guesses = rng.integers(ends["first"], ends["last"], share * count, endpoint=True).tolist()
        there = set(admitted.filter(image_id__in=guesses).values_list("image_id", flat=True))
        found |= dict.fromkeys(pk for pk in guesses if pk in there)
        if len(found) >= count:
            return sorted(list(found)[:count])
    every = np.array(admitted.order_by("image_id").values_list("image_id", flat=True), np.int64)
    return sorted(rng.choice(every, min(count, len(every)), replace=False).tolist())
