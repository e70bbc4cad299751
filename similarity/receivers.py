"""Bell -> task: new pictures are noted for every open space, and a worker is woken after commit."""

from collections.abc import Sequence
from typing import Any

from collection import bell, signals
from collection.models import ArtworkImage
from similarity import spaces, task_names


def connect() -> None:
    signals.images_added.connect(note_embeddings, dispatch_uid="similarity.note_embeddings")


def note_embeddings(images: Sequence[ArtworkImage], priority: int, **_: Any) -> None:
    spaces.note(images, priority)
    bell.ring_after_commit(task_names.EMBED)
