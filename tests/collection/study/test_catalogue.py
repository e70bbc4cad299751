from collections import Counter

import pytest

from collection.study import catalogue, metadata
from collection.study.alterations import ALTERATIONS
from collection.study.families import FAMILIES


def test_the_whole_collection_has_180_works_of_every_family():
    works = catalogue.works(1923)

    assert len(works) == catalogue.WHOLE == 180
    assert {work.family for work in works} == set(FAMILIES)


def test_no_two_works_share_an_accession_number_and_no_two_pictures_a_file():
    works = catalogue.works(1923)
    filenames = [view.filename for work in works for view in work.views]

    assert len({work.accession_number for work in works}) == len(works)
    assert len(set(filenames)) == len(filenames)


@pytest.mark.parametrize("count", [12, 30, 60, 180])
def test_a_copy_is_made_of_a_work_which_is_there(count):
    works = catalogue.works(1923, count)
    held = {work.accession_number for work in works if not work.copy_of}
    copied = [work for work in works if work.copy_of]

    assert len(works) == count
    assert len(copied) == round(count / 15)
    assert all(work.copy_of in held for work in copied)


def test_every_alteration_is_planted_twice():
    planted = Counter(work.alteration for work in catalogue.works(1923) if work.copy_of)

    assert planted == dict.fromkeys(ALTERATIONS, 2)


def test_a_smaller_collection_holds_the_same_works_under_the_same_numbers():
    whole = catalogue.works(1923)

    assert set(catalogue.works(1923, 40)) <= set(whole)


def test_another_seed_gives_other_records():
    assert catalogue.works(1923)[0] != catalogue.works(1924)[0]


@pytest.mark.parametrize("count", [0, 181])
def test_more_works_than_there_are_is_refused_with_a_sentence(count):
    with pytest.raises(ValueError, match="1 to 180 works"):
        catalogue.works(1923, count)


def test_no_work_came_in_before_it_was_made():
    for work in catalogue.works(1923):
        acquired = int(work.accession_number.split(".")[0])

        assert work.date_start <= work.date_end < acquired
        assert work.credit_line.endswith(f", {acquired}")


def test_every_record_is_complete_and_some_wait_unpublished():
    rows = [metadata.row(work, view) for work in catalogue.works(1923) for view in work.views]

    assert all(value for row in rows for value in row.values())
    assert {row["published"] for row in rows} == {"yes", "no"}
    assert any("|" in row["creator"] for row in rows)
    assert any(row["creator"] == "Unknown maker" for row in rows)
    assert {row["view"] for row in rows} == {"front", "detail", "verso"}
