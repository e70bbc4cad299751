"""Note new pictures for every open space, and wake a worker after the commit."""

from collections.abc import Sequence
from typing import Any

from collection import signals
from collection.jobs import workers
from collection.models import ArtworkImage
from similarity.spaces import lifecycle
from similarity.workers import task_names


def connect() -> None:
    signals.images_added.connect(note_embeddings, dispatch_uid="similarity.note_embeddings")


def note_embeddings(images: Sequence[ArtworkImage], priority: int, **_: Any) -> None:
    lifecycle.note(images, priority)
    workers.wake_after_commit(task_names.EMBED)
