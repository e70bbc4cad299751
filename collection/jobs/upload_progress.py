"""The progress of an upload: the state of each of its files, as the curator's page shows it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from collection.files import refusal_texts
from collection.jobs import job_queue
from collection.models import Artwork, Job, JobState, Upload, UploadedFile
from collection.permissions import User, visible_works


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    WORKING = "working", _("working")
    READY = "done", _("done")
    FAILED = "failed", _("failed")
    HELD = "already held", _("already held")
    REFUSED = "refused", _("refused")
    REMOVED = "removed", _("removed")


ANYONE = AnonymousUser()
COUNTED = {
    State.FAILED: gettext_noop("%(count)s failed"),
    State.REFUSED: gettext_noop("%(count)s refused"),
    State.HELD: gettext_noop("%(count)s already held"),
    State.REMOVED: gettext_noop("%(count)s removed"),
}
UNSETTLED = {State.WAITING, State.WORKING}


@dataclass(frozen=True)
class FileProgress:
    file: UploadedFile
    state: State
    reason: str
    has_thumbnail: bool
    is_flagged: bool = True  # whether its duplicates have been looked for, or need not be
    work: Artwork | None = None  # None without a picture, or if the user may not see it

    @property
    def note(self) -> str:
        return refusal_texts.stored(self.file.note) if self.file.note else ""


@dataclass(frozen=True)
class Progress:
    files: Sequence[FileProgress]

    def count(self, state: State) -> int:
        return self.counts[state]

    @cached_property
    def counts(self) -> Counter[State]:
        return Counter(each.state for each in self.files)

    @property
    def is_settled(self) -> bool:
        return not UNSETTLED & self.counts.keys()

    @property
    def is_final(self) -> bool:
        """Return True if nothing on the page will change by itself: settled, and all duplicates looked for."""
        return self.is_settled and all(each.is_flagged for each in self.files)

    @property
    def has_failed(self) -> bool:
        return self.counts[State.FAILED] > 0

    @property
    def drafts(self) -> int:
        """Return how many works of this upload are not published."""
        added = (each.file.image for each in self.files if not each.file.refusal)
        return len({image.artwork_id for image in added if image and not image.artwork.is_published})

    @property
    def summary(self) -> str:
        """Return a summary such as "3 of 5 ready, 1 refused"."""
        others = [s for s in (State.FAILED, State.REFUSED, State.HELD, State.REMOVED) if self.counts[s]]
        numbers = {"ready": intcomma(self.counts[State.READY]), "all": intcomma(len(self.files))}
        parts = [gettext("%(ready)s of %(all)s ready") % numbers]
        return ", ".join(
            parts + [gettext(COUNTED[state]) % {"count": intcomma(self.counts[state])} for state in others]
        )

    @property
    def version(self) -> str:
        """Return a digest of what the page shows, so that an unchanged page need not be sent again."""
        shown = "|".join(f"{each.file.pk}{each.state}{each.has_thumbnail}{each.is_flagged}" for each in self.files)
        return hashlib.sha256(f"{shown}|{self.drafts}".encode()).hexdigest()[:12]


def of(upload: Upload, user: User = ANYONE) -> Progress:
    """Return the progress of an upload for one of its curators, in three queries for any number of files.

    One more query is needed if merges moved pictures to other collections.
    """
    # Jobs of a space that is built later have the backlog's priority, and are no part of this upload.
    own = Job.objects.filter(priority=job_queue.UPLOAD_PRIORITY).exclude(key__in=[job_queue.TWIN, job_queue.PYRAMID])
    needed = Prefetch("image__jobs", own.order_by("pk"))
    files = upload.files.select_related("image__artwork").prefetch_related(needed)
    works = works_of(upload, files, user)
    return Progress([progress_of(file, works) for file in files])


def works_of(upload: Upload, files: Iterable[UploadedFile], user: User) -> dict[int, Artwork]:
    """Return the works of the files' pictures, by id, that a curator of the upload's collection may see."""
    works = {file.image.artwork_id: file.image.artwork for file in files if file.image}
    moved = [pk for pk, work in works.items() if work.collection_id != upload.collection_id]
    hidden = set(moved) - set(visible_works(user).filter(pk__in=moved).values_list("pk", flat=True)) if moved else set()
    return {pk: work for pk, work in works.items() if pk not in hidden}


def progress_of(file: UploadedFile, works: Mapping[int, Artwork]) -> FileProgress:
    """Return the progress of one file. Its picture's jobs are already loaded. works: those that the user may see."""
    if file.image is None:
        state = State.REFUSED if file.refusal else State.REMOVED
        reason = refusal_texts.stored(file.refusal) if file.refusal else gettext("This picture has been removed since.")
        return FileProgress(file, state, reason, has_thumbnail=False)
    jobs = list(file.image.jobs.all())
    needed = [job for job in jobs if job.key != job_queue.FLAG]  # a picture is ready before its duplicates are known
    is_flagged = all(job.state not in job_queue.UNFINISHED for job in jobs if job.key == job_queue.FLAG)
    work = works.get(file.image.artwork_id)
    has_thumbnail = file.image.is_ready and work is not None  # also while derivatives are made again
    if file.refusal:
        return FileProgress(file, State.HELD, refusal_texts.stored(file.refusal), has_thumbnail, work=work)
    reason = next((refusal_texts.stored(job.reason) for job in needed if job.state == JobState.FAILED), "")
    return FileProgress(file, state_of(needed), reason, has_thumbnail, is_flagged, work)


def state_of(needed: Sequence[Job]) -> State:
    """Return READY if all jobs of a picture are done, FAILED if one has failed, and else WAITING or WORKING."""
    states = {job.state for job in needed}
    if JobState.FAILED in states:
        return State.FAILED
    if states <= {JobState.DONE}:
        return State.READY
    return State.WAITING if states == {JobState.PENDING} else State.WORKING
