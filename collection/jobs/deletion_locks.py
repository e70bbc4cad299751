"""Lock a picture before Django deletes its rows, so that a deletion and a worker never wait for each other.

Order of locks, for workers and deletions alike: jobs of a picture by id, the picture, then rows that name it.
"""

from typing import Any

from django.db.models.signals import pre_delete

from collection.models import ArtworkImage, Step


def connect() -> None:
    pre_delete.connect(lock, sender=ArtworkImage, dispatch_uid="deletion_locks")


def lock(instance: ArtworkImage, **_: Any) -> None:
    """Lock the jobs and the row of a picture until the deletion commits. Django calls this in its transaction."""
    list(Step.objects.filter(image=instance.pk).order_by("pk").select_for_update().values_list("pk"))
    list(ArtworkImage.objects.filter(pk=instance.pk).select_for_update().values_list("pk"))
