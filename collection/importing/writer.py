"""The import writer: write the works and pictures of a batch of rows in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from collection import aliases, ingest
from collection.audit import recording, works
from collection.importing.mapping import Entry
from collection.importing.report import Line, Outcome, Report
from collection.jobs import job_queue
from collection.models import Artwork, ArtworkImage, Collection


@dataclass(frozen=True)
class Found:
    """A row with its picture, or with the reason of its refusal."""

    entry: Entry
    sha256: str = ""
    picture: ingest.Accepted | None = None  # None if the collection has the file already, or if it is refused
    refusal: str = ""
    is_restored: bool = False  # its stored original was damaged or missing, and was replaced


@dataclass
class Plan:
    new: list[Artwork] = field(default_factory=list)
    changed: dict[str, tuple[Artwork, dict[str, Any]]] = field(default_factory=dict)  # by number: the old values
    arrivals: list[ingest.Arrival] = field(default_factory=list)
    relabelled: list[tuple[ArtworkImage, str]] = field(default_factory=list)  # with the old view label
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class ImportTarget:
    """The collection that an import writes to, with the files that it has."""

    collection: Collection
    known: dict[str, str]  # sha256 -> accession number, or "1923.4 of Reserve" after a merge
    publishes: bool
    is_rehearsal: bool = False
    accepts_damage: bool = False  # store damaged pictures as far as they can be decoded


def write(target: ImportTarget, founds: Sequence[Found], report: Report) -> None:
    """Add new works and pictures, and update changed ones. All rows of a work must be in one batch."""
    restored = ingest.pictures_of(restored_digests(founds))
    with transaction.atomic():
        if not target.is_rehearsal:
            ingest.lock([target.collection])
        plan = plan_for(target, founds)
        if not target.is_rehearsal:
            carry_out(plan, target.collection)
    ingest.note_restored(restored)
    report.restored += len({image.sha256 for image in restored})
    for line in plan.lines:
        report.add(line)
    report.new_works += len(plan.new)
    for number in plan.changed:
        report.updated_works.add(number)


def restored_digests(founds: Sequence[Found]) -> set[str]:
    """Return the files that were written although a picture may have them already."""
    return {found.sha256 for found in founds if found.is_restored or (found.picture and found.picture.is_written)}


def carry_out(plan: Plan, collection: Collection) -> None:
    """Write the changes. Pictures are locked before their works, as by a worker that finishes derivatives."""
    Artwork.objects.bulk_create(plan.new)
    ArtworkImage.objects.bulk_update([image for image, _ in plan.relabelled], ["view_label"])
    for work, before in plan.changed.values():
        work.save(update_fields=list(before))
    ingest.add_all(plan.arrivals, priority=job_queue.BACKLOG_PRIORITY)
    record(plan, collection)


def record(plan: Plan, collection: Collection) -> None:
    """Record the changes of each work and view label, and the number of works and pictures that were added."""
    for work, before in plan.changed.values():
        works.record_change(work, before, how="import")
    for image, label in plan.relabelled:
        works.record_change(image, {"view_label": label}, how="import")
    if plan.new or plan.arrivals:
        added = {"works": len(plan.new), "pictures": len(plan.arrivals)}
        recording.record(recording.Verb.IMPORTED, collection, detail=added)


def plan_for(target: ImportTarget, founds: Sequence[Found]) -> Plan:
    plan = Plan()
    groups: dict[str, list[Found]] = {}
    for found in founds:
        groups.setdefault(found.entry.accession_number, []).append(found)
    held = ingest.held(target.collection, [found.sha256 for found in founds]) if target.collection.pk else {}
    target.known.update({sha256: holder_of(image, target.collection) for sha256, image in held.items()})
    known = works_of(target.collection, groups)
    holders = {target.known[found.sha256] for found in founds if found.sha256 in target.known}
    merged = {
        number: f"{number} was merged into {kept.accession_number}."
        for number, kept in aliases.merged_numbers(target.collection, {*groups, *holders}).items()
    }
    for number, group in groups.items():
        if number in merged:
            plan.lines += [left_alone(found, merged[number]) for found in group]
            continue
        plan_work(plan, target, known.get(number), group, merged)
        for found in group:
            relabel(plan, target.collection, held.get(found.sha256), found.entry)
    return plan


def holder_of(image: ArtworkImage, collection: Collection) -> str:
    """Return the number of the work that holds a picture, with the collection if a merge moved it to another one."""
    number = image.artwork.accession_number
    return number if image.collection_id == collection.pk else f"{number} of {image.collection}"


def works_of(collection: Collection, numbers: Mapping[str, object]) -> dict[str, Artwork]:
    if not collection.pk:
        return {}
    works = Artwork.objects.filter(collection=collection, accession_number__in=list(numbers))
    return {work.accession_number: work for work in works.select_related("collection")}


def left_alone(found: Found, sentence: str) -> Line:
    """Return the line of a row whose record is an alias. Neither the alias nor the kept work is changed."""
    if found.refusal:
        return Line(found.entry, Outcome.REFUSED, found.refusal)
    return Line(found.entry, Outcome.MERGED, f"{sentence} This row was left out.")


def plan_work(
    plan: Plan, target: ImportTarget, work: Artwork | None, group: Sequence[Found], merged: Mapping[str, str]
) -> None:
    """Plan the rows of one work. A new work needs a new picture; rows of any picture update an existing one."""
    usable = [found for found in group if not found.refusal]
    fresh = []
    for found in group:
        line = line_for(found, target.known, merged)
        plan.lines.append(line)
        if line.outcome is Outcome.ADDED:
            target.known[found.sha256] = found.entry.accession_number
            fresh.append(found)
    if not usable:
        return
    stated = stated_fields([found.entry for found in usable])
    if work is None and fresh:
        work = new_work(target, fresh[0].entry.accession_number, stated)
        plan.new.append(work)
    elif work is not None and (before := amend(work, stated)):
        plan.changed[work.accession_number] = (work, before)
    if work is not None:
        arriving = [found.picture for found in fresh if found.picture]
        plan.arrivals += [ingest.Arrival(work, picture) for picture in arriving]


def line_for(found: Found, known: Mapping[str, str], merged: Mapping[str, str]) -> Line:
    """Return the line of a row. known: the work that holds a file; merged: a sentence by alias."""
    if found.refusal:
        outcome = Outcome.LEFT_OUT if found.entry.omission else Outcome.REFUSED
        return Line(found.entry, outcome, found.refusal)
    holder = known.get(found.sha256)
    if holder is None:
        damage = found.picture.checked.damage if found.picture else ""
        return Line(found.entry, Outcome.ADDED, damage=damage)
    elsewhere = holder != found.entry.accession_number
    note = f"This file is already held as {holder}. {merged.get(holder, '')}".rstrip() if elsewhere else ""
    return Line(found.entry, Outcome.HELD, note)


def stated_fields(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the fields that the rows of one work state. If rows differ, the first one counts."""
    stated: dict[str, Any] = {}
    for entry in reversed(entries):
        stated |= entry.fields
        if entry.is_published is not None:
            stated["is_published"] = entry.is_published
    return stated


def new_work(target: ImportTarget, number: str, stated: Mapping[str, Any]) -> Artwork:
    fields = {"is_published": target.publishes, **stated}
    return Artwork(collection=target.collection, accession_number=number, **fields)


def amend(work: Artwork, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Set the fields that differ, and return their old values. An empty cell does not clear a field."""
    before = {name: getattr(work, name) for name, value in stated.items() if getattr(work, name) != value}
    for name in before:
        setattr(work, name, stated[name])
    return before


def relabel(plan: Plan, collection: Collection, image: ArtworkImage | None, entry: Entry) -> None:
    """Plan the view label of a picture that the row's own work holds."""
    if image is None or not entry.view_label or image.view_label == entry.view_label:
        return
    if image.collection_id == collection.pk and image.artwork.accession_number == entry.accession_number:
        plan.relabelled.append((image, image.view_label))
        image.view_label = entry.view_label
