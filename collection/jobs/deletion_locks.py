"""Lock a picture before Django deletes it, so that a deletion and a worker never deadlock.

Workers and deletions take locks in the same order: the jobs of a picture by id, the picture, rows that refer to it.
"""

from typing import Any

from django.db.models.signals import pre_delete

from collection.models import ArtworkImage, Job


def connect() -> None:
    """Call `lock` before each deletion of a picture."""
    pre_delete.connect(lock, sender=ArtworkImage, dispatch_uid="deletion_locks")


def lock(instance: ArtworkImage, **_: Any) -> None:
    """Lock the jobs and the row of a picture until the deletion commits. Django calls this in its transaction."""
    list(Job.objects.filter(image=instance.pk).order_by("pk").select_for_update().values_list("pk"))
    list(ArtworkImage.objects.filter(pk=instance.pk).select_for_update().values_list("pk"))
