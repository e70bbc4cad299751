"""Import a folder of pictures, with or without a table, as works of a collection. Safe to run again.

Threads read and check the files, one batch ahead of the rows that are being written. A thread releases the bytes of a
file once it is stored, so memory holds only a few pictures at a time.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collection import imaging, ingest
from collection.importing import columns, files, mapping, reading
from collection.importing.mapping import Entry
from collection.importing.report import Report
from collection.importing.writer import Found, ImportTarget, write
from collection.models import ArtworkImage, Collection

THREADS = 2
BATCH_PICTURES = 50

ShowProgress = Callable[[int], object]


def entries_of(folder: Path, table: Path | None) -> Sequence[Entry]:
    """Return the entries to import. Raise reading.MetadataError, or OSError if the table cannot be read."""
    if table is None:
        return files.entries_for(folder)
    found = reading.read(table)
    chosen = columns.columns_of(found.columns)
    columns.require_filename(chosen)
    return mapping.TableEntries(found, chosen)


def target_for(
    collection: Collection, *, publishes: bool, is_rehearsal: bool = False, accepts_damage: bool = False
) -> ImportTarget:
    """Return the target of an import, with the files that the collection has. A rehearsal changes nothing."""
    held = ArtworkImage.objects.filter(collection=collection) if collection.pk else ArtworkImage.objects.none()
    known = dict(held.order_by().values_list("sha256", "artwork__accession_number"))
    return ImportTarget(collection, known, publishes, is_rehearsal, accepts_damage)


def run(folder: Path, entries: Sequence[Entry], target: ImportTarget, show_progress: ShowProgress) -> Report:
    """Import the entries. Call `show_progress` with the number of rows after each batch.

    Raise DatabaseError, or OSError if the disk is full.
    """
    report = Report(is_rehearsal=target.is_rehearsal)
    take = ingest.check if target.is_rehearsal else ingest.accept

    def examined(entry: Entry) -> Found:
        return examine(entry, folder, target, take)

    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="import")
    try:
        for founds in one_ahead(pool, examined, batches(entries)):
            write(target, founds, report)
            show_progress(len(founds))
    finally:
        pool.shutdown(cancel_futures=True)
    return report


def batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield batches of rows, with the works in order of appearance and all rows of a work in one batch."""
    order, works = grouped(entries)
    batch: list[Entry] = []
    last = None
    for place, work in zip(order, works, strict=True):
        if len(batch) >= BATCH_PICTURES and work != last:
            yield batch
            batch = []
        batch.append(entries[int(place)])
        last = work
    if batch:
        yield batch


def grouped(entries: Sequence[Entry]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (N,) places of the rows, work by work, and (N,) the place of the first row of the work of each.

    A hash of 64 bits stands for the number of a work, to save memory. Two works with the same hash share a batch, which
    does no harm. Rows without a number are refused, and each counts as a work.
    """
    numbers = entries.numbers() if isinstance(entries, mapping.TableEntries) else (e.accession_number for e in entries)
    keys = (hash(number or place) for place, number in enumerate(numbers))
    _, first, work = np.unique(np.fromiter(keys, np.int64, len(entries)), return_index=True, return_inverse=True)
    works = first[work]
    order = np.argsort(works, kind="stable")
    return order, works[order]


def one_ahead(
    pool: ThreadPoolExecutor, work: Callable[[Entry], Found], groups: Iterable[list[Entry]]
) -> Iterator[list[Found]]:
    """Yield the results of each batch in order, while the threads work on the next one."""
    started: deque[list[Future[Found]]] = deque()
    for group in groups:
        started.append([pool.submit(work, entry) for entry in group])
        if len(started) > 1:
            yield [future.result() for future in started.popleft()]
    for futures in started:
        yield [future.result() for future in futures]


def examine(
    entry: Entry, folder: Path, target: ImportTarget, take: Callable[[ingest.NewPicture], ingest.Accepted]
) -> Found:
    """Find and check one picture, without the database. A file that the collection has is not decoded."""
    if reason := entry.refusal or entry.omission:
        return Found(entry, refusal=reason)
    try:
        path = files.locate(folder, entry.filename)
        ingest.check_label(path.name, path.stat().st_size)
        data = read(path)
        sha256 = ingest.digest(data)
        if sha256 in target.known:
            is_restored = not target.is_rehearsal and ingest.restore(data, sha256)
            return Found(entry, sha256, is_restored=is_restored)
        picture = ingest.NewPicture(data, path.name, entry.view_label, accepts_damage=target.accepts_damage)
        return Found(entry, sha256, take(picture))
    except (files.LostFileError, imaging.Refused) as refusal:
        return Found(entry, refusal=str(refusal))


def read(path: Path) -> bytes:
    """Read a file. Raise LostFileError, because an OSError of the import means that the disk is full."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise files.LostFileError(f"The file cannot be read: {error.strerror}.") from None
