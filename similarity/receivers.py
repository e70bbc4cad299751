"""Add jobs for new pictures, let reviewers see the pictures of their pairs, and show pins and bans in the history."""

from collections.abc import Sequence
from typing import Any

from collection import permissions, signals
from collection.audit import history
from collection.jobs import workers
from collection.models import ArtworkImage
from similarity.duplicates import verdicts
from similarity.neighbours import curation_log
from similarity.spaces import lifecycle
from similarity.workers import task_names


def connect() -> None:
    signals.images_added.connect(add_embed_jobs, dispatch_uid="similarity.add_embed_jobs")
    permissions.grants.append(verdicts.reviewable_pictures)
    history.logs.append(curation_log.LOG)


def add_embed_jobs(images: Sequence[ArtworkImage], priority: int, **_: Any) -> None:
    """Add jobs for new pictures to every open space, and wake a worker after the commit."""
    lifecycle.add_jobs(images, priority)
    workers.wake_after_commit(task_names.EMBED)
