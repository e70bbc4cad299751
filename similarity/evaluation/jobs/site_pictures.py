"""Random samples of this site's pictures, from the live look, and their files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from django.db.models import Q

from collection.files import storage
from collection.models import ArtworkImage
from collection.permissions import unmerged
from similarity.evaluation.jobs.job_kind import CannotMeasureError
from similarity.index import sampling
from similarity.learning import work_records
from similarity.models import DuplicatePair, Verdict
from similarity.spaces import lifecycle

SEED = 2_026


class GoneError(ValueError):
    """The picture was deleted."""


def leading_pictures(count: int, among: Q = Q()) -> list[int]:
    """Sample at most `count` leading pictures of works. Return their ids, ascending.

    `among`: a filter for embeddings. Raise CannotMeasureError if no look is live.
    """
    live = lifecycle.live()
    if live is None:
        raise CannotMeasureError("No picture has been processed yet.")
    return sampling.image_ids(live, count, work_records.leading() & among, seed=SEED)


def distinct_pictures(count: int) -> list[int]:
    """Sample at most `count` pictures, no two with the same pixels. Return their ids in random order.

    At most one picture of each pair in the review queue is taken. Otherwise an undecided copy would count as a mistake
    of the network.
    """
    in_review = DuplicatePair.objects.filter(unmerged("low__artwork__")).exclude(verdict=Verdict.UNRELATED)
    ids = leading_pictures(count, ~Q(image__in=in_review.values("high")))
    digests = dict(ArtworkImage.objects.filter(pk__in=ids).values_list("pk", "pixel_digest"))
    order = [ids[index] for index in np.random.default_rng(SEED).permutation(len(ids))]
    first = {digests[pk]: pk for pk in reversed(order) if pk in digests}
    return [pk for pk in order if pk in first.values()]


def path_of(pk: int) -> Path:
    """Return the original file. Raise GoneError."""
    return paths_of([pk])[0]


def paths_of(pks: Sequence[int]) -> list[Path]:
    """Return the original files in the order of the ids. Raise GoneError."""
    images = ArtworkImage.objects.in_bulk(pks)
    if len(images) < len(set(pks)):
        raise GoneError
    return [storage.original(images[pk].sha256, images[pk].extension) for pk in pks]
