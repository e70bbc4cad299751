"""Lock a picture before Django deletes it, so that a deletion and a worker never deadlock.

Workers, imports and deletions take locks in the same order: picture by picture, by ascending id, its jobs by id and
then its row; then rows that refer to pictures; then works.
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
