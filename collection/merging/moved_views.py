"""Move the pictures of a merged work to the kept one, and back. Their rows stay, and so do vectors and pairs."""

from collections.abc import Iterable, Mapping
from typing import Any

from collection import ingest
from collection.models import Artwork, ArtworkImage, WorkMerge

View = Mapping[str, Any]  # picture: id, position: in the merged work, returned: whether it has been moved back


def move(merged: Artwork, kept: Artwork) -> list[View]:
    """Append the pictures of a work to those of another. Return what was moved, for WorkMerge.views.

    A picture whose file the kept work's collection has already stays: a collection holds each file once.
    """
    moving = list(merged.images.order_by("position"))
    position = ingest.next_positions([kept.pk])[kept.pk]
    moved: list[View] = []
    for image in moving:
        before = image.position
        if put(image, kept, position):
            moved.append({"picture": image.pk, "position": before, "returned": False})
            position += 1
    return moved


def put(image: ArtworkImage, work: Artwork, position: int) -> bool:
    """Make a picture a view of a work. Return False if another picture of the work's collection has the same file."""
    same = ArtworkImage.objects.filter(collection=work.collection_id, sha256=image.sha256)
    if same.exclude(pk=image.pk).exists():
        return False
    ArtworkImage.objects.filter(pk=image.pk).update(artwork=work, collection=work.collection_id, position=position)
    return True


def put_back(merge: WorkMerge, merged: Artwork, holders: Iterable[int]) -> list[View]:
    """Move back the pictures of a merge that are still with the kept work. Return the entries of those that were moved.

    `holders`: the kept work and the works that it has been merged into since. A picture gets its old position, or the
    next one if that is taken.
    """
    waiting = {view["picture"]: view for view in merge.views if not view["returned"]}
    images = ArtworkImage.objects.filter(pk__in=waiting, artwork__in=list(holders)).in_bulk()
    taken = set(merged.images.values_list("position", flat=True))
    moved: list[View] = []
    for pk, view in waiting.items():
        position = view["position"] if view["position"] not in taken else max(taken) + 1
        if pk in images and put(images[pk], merged, position):
            taken.add(position)
            moved.append(view)
    return moved


def mark_returned(merge: WorkMerge, pictures: Iterable[int]) -> None:
    """Mark these pictures as returned in the entries of a merge. The caller saves the merge."""
    gone = set(pictures)
    merge.views = [{**view, "returned": view["returned"] or view["picture"] in gone} for view in merge.views]
