"""The progress of an upload: the state of each of its files, as the curator's page shows it."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Prefetch

from collection.jobs import job_queue
from collection.models import Artwork, Job, JobState, Upload, UploadedFile


class State(StrEnum):
    WAITING = "waiting"
    WORKING = "working"
    READY = "done"
    FAILED = "failed"
    HELD = "already held"
    REFUSED = "refused"
    REMOVED = "removed"


UNSETTLED = {State.WAITING, State.WORKING}


@dataclass(frozen=True)
class FileProgress:
    file: UploadedFile
    state: State
    reason: str
    has_thumbnail: bool
    is_flagged: bool = True  # whether its duplicates have been looked for, or need not be

    @property
    def work(self) -> Artwork | None:
        """Return the work of the picture; None without one, or if a merge moved it to another collection."""
        work = self.file.image.artwork if self.file.image else None
        return work if work and work.collection_id == self.file.upload.collection_id else None


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
        parts = [f"{self.counts[State.READY]} of {len(self.files)} ready"]
        return ", ".join(parts + [f"{self.counts[state]} {state}" for state in others])

    @property
    def version(self) -> str:
        """Return a digest of what the page shows, so that an unchanged page need not be sent again."""
        shown = "|".join(f"{each.file.pk}{each.state}{each.has_thumbnail}{each.is_flagged}" for each in self.files)
        return hashlib.sha256(f"{shown}|{self.drafts}".encode()).hexdigest()[:12]


def of(upload: Upload) -> Progress:
    """Return the progress of an upload, in three queries for any number of files."""
    # Jobs of a space that is built later have the backlog's priority, and are no part of this upload.
    own = Job.objects.filter(priority=job_queue.UPLOAD_PRIORITY).exclude(key=job_queue.TWIN)
    needed = Prefetch("image__jobs", own.order_by("pk"))
    files = upload.files.select_related("image__artwork").prefetch_related(needed)
    return Progress([progress_of(file) for file in files])


def progress_of(file: UploadedFile) -> FileProgress:
    """Return the progress of one file. Its picture's jobs are already loaded."""
    if file.image is None:
        state = State.REFUSED if file.refusal else State.REMOVED
        reason = file.refusal or "This picture has been removed since."
        return FileProgress(file, state, reason, has_thumbnail=False)
    jobs = list(file.image.jobs.all())
    needed = [job for job in jobs if job.key != job_queue.FLAG]  # a picture is ready before its duplicates are known
    is_flagged = all(job.state not in job_queue.UNFINISHED for job in jobs if job.key == job_queue.FLAG)
    has_thumbnail = file.image.is_ready  # also while derivatives are made again
    if file.refusal:
        return FileProgress(file, State.HELD, file.refusal, has_thumbnail)
    reason = next((job.reason for job in needed if job.state == JobState.FAILED), "")
    return FileProgress(file, state_of(needed), reason, has_thumbnail, is_flagged)


def state_of(needed: Sequence[Job]) -> State:
    """Return READY if all jobs of a picture are done, FAILED if one has failed, and else WAITING or WORKING."""
    states = {job.state for job in needed}
    if JobState.FAILED in states:
        return State.FAILED
    if states <= {JobState.DONE}:
        return State.READY
    return State.WAITING if states == {JobState.PENDING} else State.WORKING
