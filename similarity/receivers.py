"""What this app adds to the one below: work for new pictures, and who sees the pictures of a pair to review."""

from collections.abc import Sequence
from typing import Any

from collection import permissions, signals
from collection.jobs import workers
from collection.models import ArtworkImage
from similarity.duplicates import verdicts
from similarity.spaces import lifecycle
from similarity.workers import task_names


def connect() -> None:
    signals.images_added.connect(note_embeddings, dispatch_uid="similarity.note_embeddings")
    permissions.grants.append(verdicts.reviewable_pictures)


def note_embeddings(images: Sequence[ArtworkImage], priority: int, **_: Any) -> None:
    """Note new pictures for every open space, and wake a worker after the commit."""
    lifecycle.note(images, priority)
    workers.wake_after_commit(task_names.EMBED)
