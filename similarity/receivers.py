"""Connect to `collection`: jobs for new pictures, pictures of pairs for reviewers, logs, and signals for merges."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from collection import permissions, signals
from collection.audit import history
from collection.jobs import workers
from collection.merging import merge_evidence
from collection.models import ArtworkImage
from similarity.duplicates.review import merge_signals, verdicts
from similarity.groups.building import sheet_files
from similarity.models import Overview
from similarity.neighbours import curation_log
from similarity.spaces import lifecycle
from similarity.workers import task_names


def connect() -> None:
    signals.images_added.connect(add_embed_jobs, dispatch_uid="similarity.add_embed_jobs")
    permissions.grants.append(verdicts.reviewable_pictures)
    history.logs.append(curation_log.LOG)
    merge_evidence.sources.append(merge_signals.between)
    post_delete.connect(remove_sheets, sender=Overview, dispatch_uid="similarity.remove_sheets")


def add_embed_jobs(images: Sequence[ArtworkImage], priority: int, **_: Any) -> None:
    """Add jobs for new pictures to every open space, and wake a worker after the commit."""
    lifecycle.add_jobs(images, priority)
    workers.wake_after_commit(task_names.EMBED)


def remove_sheets(instance: Overview, **_: Any) -> None:
    """Delete the files of an overview once the deletion of its row is committed."""
    overview_id = instance.pk
    transaction.on_commit(lambda: sheet_files.remove(overview_id))
