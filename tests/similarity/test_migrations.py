"""Migrations from the release before: its spaces can still be searched, and new vectors do not mix with theirs."""

import pytest
from django.db import connection

from tests import releases
from tests.releases import a_work_of_then, migrate_to_today, migrated_to

BEFORE = ("similarity", "0008_newcomer_quantiles")
AFTER = ("similarity", "0009_shipped_projections")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(transactional_db):
    with releases.database_of(BEFORE) as apps:
        yield apps


def an_image(apps) -> int:
    """Add a published work with a picture. Return the primary key of the picture."""
    a_work_of_then(apps, "1", "done")
    return apps.get_model("collection", "ArtworkImage").objects.get().pk


def a_space(apps, **fields: object):
    made_of = {"lens": "look", "backbone": "vgg16", "weights_digest": "a" * 64, "is_trained": True}
    made_of |= {"pooling": "grid-4", "dimensions": 4, "state": "live", "projection": "whitened-4:0123456789ab"}
    return apps.get_model("similarity", "Space").objects.create(**made_of | fields)


def test_spaces_of_the_release_before_keep_their_vectors_under_another_pooling(old):
    from pgvector import HalfVector

    from similarity.index import store
    from similarity.models import Space
    from similarity.spaces import lifecycle

    image = an_image(old)
    live = a_space(old, strange_quantiles=[0.5], newcomer_quantiles=[0.6], quantiles=[0.1, 0.9])
    kept = a_space(old, state="kept", pooling="gem-3")
    colour = a_space(old, lens="colour", backbone="lab", weights_digest="", pooling="soft-histogram", projection="")
    gone = a_space(old, state="retired", pooling="rmac-3")
    embedding = old.get_model("similarity", "Embedding").objects.create(
        space=live, image_id=image, vector=HalfVector([1, 0, 0, 0])
    )

    migrated_to(AFTER)
    migrate_to_today()

    poolings = dict(Space.objects.values_list("pk", "pooling"))
    assert poolings == {
        live.pk: "grid-4-squashed",
        kept.pk: "gem-3-squashed",
        colour.pk: "soft-histogram-squashed",
        gone.pk: "rmac-3",
    }
    space = lifecycle.live()
    assert (space.pk, space.quantiles, space.is_shipped) == (live.pk, [0.1, 0.9], False)
    assert list(store.vectors_of(space, [image])) == [embedding.image_id]
    assert [n.image_id for n in store.nearest_images(space, store.vectors_of(space, [image])[image], 1)] == [image]


def test_a_space_of_the_release_before_can_be_replaced_automatically(old):
    from similarity.models import Space
    from similarity.spaces import planning

    a_space(old)
    migrate_to_today()

    assert planning.is_replaceable(Space.objects.get())


def test_a_process_of_the_release_before_still_reads_and_writes_spaces_during_an_upgrade(old):
    migrated_to(AFTER)

    made = a_space(old)

    again = old.get_model("similarity", "Space").objects.get(pk=made.pk)
    assert (again.strange_quantiles, again.newcomer_quantiles) == ([], [])


def test_rows_written_after_the_upgrade_need_no_column_of_before(old):
    made = a_space(migrated_to(AFTER))

    with connection.cursor() as cursor:
        cursor.execute("SELECT strange_quantiles FROM similarity_space WHERE id = %s", [made.pk])
        assert cursor.fetchone() == ([],)


def test_going_back_gives_the_poolings_their_names_again(old):
    live = a_space(old)
    migrated_to(AFTER)

    again = migrated_to(BEFORE)

    assert again.get_model("similarity", "Space").objects.get(pk=live.pk).pooling == "grid-4"


def test_a_fit_that_the_release_before_began_is_retired(old):
    from collection.jobs import job_queue
    from collection.models import ArtworkImage, Job, JobState
    from similarity.models import Space
    from similarity.spaces import lifecycle

    image = an_image(old)
    live = a_space(old)
    begun = a_space(old, state="fitting", pooling="gem-3", projection="")
    step = old.get_model("collection", "Step").objects
    done = step.create(image_id=image, key=f"embed:{live.pk}", state="done").pk
    for key in (f"embed:{begun.pk}", f"sample:{begun.pk}"):
        step.create(image_id=image, key=key, state="pending")

    migrate_to_today()
    lifecycle.add_jobs([ArtworkImage.objects.get(pk=image)], job_queue.UPLOAD_PRIORITY)

    assert dict(Space.objects.values_list("pk", "state")) == {live.pk: "live", begun.pk: "retired"}
    assert list(Job.objects.filter(key__contains=":").values_list("pk", "state")) == [(done, JobState.DONE)]
    assert not lifecycle.have_work()
