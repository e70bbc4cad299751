"""The works of the study collection with their records and files. Nothing is painted here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from numpy.random import Generator

from collection.study.alterations import ALTERATIONS
from collection.study.dating import Dating, date_work
from collection.study.families import FAMILIES
from collection.study.records import Family, Motif, View, Work
from collection.study.streams import stream

COPIES_OF_EACH = 2
WHOLE = sum(len(family.motifs) for family in FAMILIES.values()) + COPIES_OF_EACH * len(ALTERATIONS)
FURTHER_VIEWS = (("detail",), ("detail", "verso"), ("verso",))
UNPUBLISHED_NUMBER = 10  # the eleventh motif of every fourth family is not published

DONORS = (
    "Gift of the Hallworth family",
    "Bequest of Agnes Thorsby",
    "Purchase, Marlowe-Quint Fund",
    "Gift of the Friends of the Study Room",
    "Purchase with funds given by Edmund and Clara Voss",
    "Transferred from the School of Applied Arts",
)


def works(seed: int, count: int = WHOLE) -> tuple[Work, ...]:
    """Return the first `count` works, evenly from all families. One in fifteen is a copy of another.

    The number and the picture of a work do not depend on `count`. Raise ValueError if `count` is not in 1..WHOLE.
    """
    if not 1 <= count <= WHOLE:
        raise ValueError(f"The study collection has 1 to {WHOLE} works, not {count}.")
    register = numbered([*originals(seed), *copies(seed)])
    copy_count = round(count * COPIES_OF_EACH * len(ALTERATIONS) / WHOLE)
    held, copied = [w for w in register if not w.copy_of], [w for w in register if w.copy_of]
    return (*copied[:copy_count], *held[: count - copy_count])  # the last imported work is shown first


def originals(seed: int) -> list[Work]:
    """Yield the first motif of every family, then the second of every family, and so on."""
    longest = max(len(family.motifs) for family in FAMILIES.values())
    return [
        original(seed, place, family, number)
        for number in range(longest)
        for place, family in enumerate(FAMILIES.values())
        if number < len(family.motifs)
    ]


def original(seed: int, place: int, family: Family, number: int) -> Work:
    rng, motif = stream(seed, family.name, number, "record"), family.motifs[number]
    maker = family.makers[int(rng.integers(len(family.makers)))]
    dating = date_work(maker, rng)
    return Work(
        accession_number=str(acquired(dating, rng)),
        family=family.name,
        number=number,
        title=motif.title,
        creators=maker.names,
        date=dating.text,
        date_start=dating.start,
        date_end=dating.end,
        medium=str(rng.choice(family.mediums)),
        dimensions=measured(family, motif, rng),
        classification=family.classification,
        department=family.department,
        culture=maker.culture,
        credit_line=str(rng.choice(DONORS)),
        description=family.notes[motif.kind],
        published=not (number == UNPUBLISHED_NUMBER and place % 4 == 0),
        views=views(family.name, place, number),
    )


def views(name: str, place: int, number: int) -> tuple[View, ...]:
    """Return the front; for one work of most families also a detail, a verso or both."""
    stem = f"{name}-{number + 1:02}"
    suffix = "png" if number == 4 and place % 2 == 0 else "jpg"
    shown = FURTHER_VIEWS[place % 3] if number == (3 if place % 2 else 0) and place % 7 != 6 else ()
    return (View(f"{stem}.{suffix}", "front", "front"), *(View(f"{stem}-{label}.jpg", label, label) for label in shown))


def copies(seed: int) -> Iterator[Work]:
    """Return copies: works that another department has registered again from a photograph."""
    alterations = list(ALTERATIONS) * COPIES_OF_EACH
    for work, alteration in zip(islice(originals(seed), len(alterations)), alterations, strict=True):
        rng = stream(seed, work.family, work.number, "copy")
        yield replace(
            work,
            accession_number=str(int(rng.integers(1991, 1996))),
            title=f"Study photograph of “{work.title}”",
            medium="Colour photograph, digitised",
            classification="Photographs",
            department="Study Photographs",
            credit_line="Transferred from the Slide Library",
            description=f"A photograph after a work in the museum. {work.description}",
            published=True,
            views=(View(f"study-{work.family}-{work.number + 1:02}.jpg", "front", alteration),),
            copy_of=f"{work.family}-{work.number}",
            alteration=alteration,
        )


def numbered(register: Iterable[Work]) -> list[Work]:
    """Number the works within their year of acquisition. A copy gets the number of its original as `copy_of`."""
    counted: dict[str, int] = {}
    numbers: dict[str, str] = {}
    result = []
    for work in register:
        year = work.accession_number
        counted[year] = counted.get(year, 0) + 1
        number = f"{year}.{counted[year]}"
        if not work.copy_of:
            numbers[f"{work.family}-{work.number}"] = number
        copy_of = numbers[work.copy_of] if work.copy_of else ""
        credit = f"{work.credit_line}, {year}"
        result.append(replace(work, accession_number=number, copy_of=copy_of, credit_line=credit))
    return result


def acquired(dating: Dating, rng: Generator) -> int:
    """Return a year of acquisition: every third one between 1905 and 1989, not before the work was made."""
    earliest = max(1905, dating.end + 1)
    return min(earliest + int(rng.integers(0, 60)), 1989) // 3 * 3 + 2


def measured(family: Family, motif: Motif, rng: Generator) -> str:
    """Return height x width in centimetres, then in inches, in the proportions of the picture."""
    long_side = float(rng.uniform(*family.long_side_cm))
    width, height = (side / max(motif.size) * long_side for side in motif.size)
    return f"{height:.1f} × {width:.1f} cm ({height / 2.54:.1f} × {width / 2.54:.1f} in.)"
