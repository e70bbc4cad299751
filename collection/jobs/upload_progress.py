"""How far the files of an upload are: what a curator watches."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.db.models import Prefetch

from collection.jobs import job_queue
from collection.models import Step, StepState, Upload, UploadedFile


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
    def has_failed(self) -> bool:
        return self.counts[State.FAILED] > 0

    @property
    def drafts(self) -> int:
        """How many works are there to be published."""
        added = (each.file.image for each in self.files if not each.file.refusal)
        return len({image.artwork_id for image in added if image and not image.artwork.is_published})

    @property
    def summary(self) -> str:
        """3 of 5 ready, 1 refused"""
        others = [s for s in (State.FAILED, State.REFUSED, State.HELD, State.REMOVED) if self.counts[s]]
        parts = [f"{self.counts[State.READY]} of {len(self.files)} ready"]
        return ", ".join(parts + [f"{self.counts[state]} {state}" for state in others])

    @property
    def version(self) -> str:
        """Changes when anything shown changes, so that a page that knows it needs no new one."""
        shown = "|".join(f"{each.file.pk}{each.state}{each.has_thumbnail}" for each in self.files)
        return hashlib.sha256(f"{shown}|{self.drafts}".encode()).hexdigest()[:12]


def of(upload: Upload) -> Progress:
    """Three queries, however many files."""
    # A space that is built anew later is no part of this upload: its steps have the backlog's priority. A picture is
    # ready before duplicates were looked for.
    own = Step.objects.filter(priority=job_queue.UPLOAD_PRIORITY).exclude(key=job_queue.FLAG)
    needed = Prefetch("image__steps", own.order_by("pk"))
    files = upload.files.select_related("image__artwork").prefetch_related(needed)
    return Progress([progress_of(file) for file in files])


def progress_of(file: UploadedFile) -> FileProgress:
    if file.image is None:
        state = State.REFUSED if file.refusal else State.REMOVED
        reason = file.refusal or "This picture was removed since."
        return FileProgress(file, state, reason, has_thumbnail=False)
    needed = list(file.image.steps.all())
    has_thumbnail = any(step.key == job_queue.DERIVATIVES and step.state == StepState.DONE for step in needed)
    if file.refusal:
        return FileProgress(file, State.HELD, file.refusal, has_thumbnail)
    reason = next((step.reason for step in needed if step.state == StepState.FAILED), "")
    return FileProgress(file, state_of(needed), reason, has_thumbnail)


def state_of(needed: Sequence[Step]) -> State:
    """A picture is done when all that it needs is done, and failed when any of it has."""
    states = {step.state for step in needed}
    if StepState.FAILED in states:
        return State.FAILED
    if states <= {StepState.DONE}:
        return State.READY
    return State.WAITING if states == {StepState.PENDING} else State.WORKING
