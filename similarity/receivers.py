"""Add jobs for new pictures to every open space, and wake a worker after the commit."""

from collections.abc import Sequence
from typing import Any

from collection import signals
from collection.jobs import workers
from collection.models import ArtworkImage
from similarity.spaces import lifecycle
from similarity.workers import task_names


def connect() -> None:
    signals.images_added.connect(add_embed_jobs, dispatch_uid="similarity.add_embed_jobs")


def add_embed_jobs(images: Sequence[ArtworkImage], priority: int, **_: Any) -> None:
    lifecycle.add_jobs(images, priority)
    workers.wake_after_commit(task_names.EMBED)
