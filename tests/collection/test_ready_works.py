"""The public sees a work once the picture that leads it can be shown. Curators see it at once."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.urls import reverse
from django.utils.html import strip_tags

from collection import ingest, permissions
from collection.browsing import counting, facets, paging
from collection.browsing.facet_table import FACETS
from collection.browsing.filters import Filters
from collection.jobs import derivative_jobs
from collection.models import Artwork, Job, JobState
from tests.factories import a_collection, a_user, a_work, an_image, note_derivatives, painted

pytestmark = pytest.mark.django_db
ANYONE = AnonymousUser()


@pytest.fixture
def waiting(db) -> Artwork:
    """A published work in a public collection, whose picture waits for its derivatives."""
    work = a_work(a_collection(title="Prints"), title="Great Wave", creators=["Hokusai"], classification="Print")
    an_image(work, is_ready=False)
    return work


def pages_that_name(work: Artwork, client) -> list[str]:
    pages = ["/", "/browse/", "/browse/?q=wave", work.collection.get_absolute_url(), work.get_absolute_url()]
    pages += ["/api/v1/artworks", f"/api/v1/artworks/{work.pk}"]
    return [page for page in pages if "Great Wave" in strip_tags(client.get(page).text)]


def test_a_work_whose_picture_is_not_ready_is_on_no_public_page(client, waiting):
    assert pages_that_name(waiting, client) == []
    assert client.get(waiting.get_absolute_url()).status_code == 404


def test_a_work_whose_picture_is_not_ready_is_counted_nowhere(client, waiting):
    works = permissions.visible_works(ANYONE)

    totals = counting.count(works, Filters(), {})

    assert totals.works == 0
    assert [facet.choices for facet in facets.facets(totals, Filters(), {})] == [[]] * len(FACETS)
    assert "0 works" in client.get("/").text


def test_its_curator_sees_it_at_once_with_a_word_in_place_of_the_picture(client, waiting):
    client.force_login(a_user(curates=waiting.collection))

    assert len(pages_that_name(waiting, client)) == 7
    assert "This picture is being prepared" in client.get("/browse/").text


def test_a_work_appears_when_its_derivatives_are_made(client, media):
    work = a_work(is_ready=False, title="Great Wave")
    ingest.add_all([ingest.Arrival(work, ingest.accept(ingest.NewPicture(painted(1), "wave.jpg")))])
    before = pages_that_name(work, client)

    derivative_jobs.run()

    assert before == []
    assert len(pages_that_name(work, client)) == 7


def test_a_work_stays_on_view_while_its_derivatives_are_made_anew(client, waiting):
    image = waiting.lead_image
    note_derivatives(image, JobState.DONE)

    note_derivatives(image, JobState.PENDING)

    assert len(pages_that_name(waiting, client)) == 7
    assert f"/pictures/{image.pk}/480.webp" in client.get("/browse/").text


def test_a_job_that_the_release_before_finishes_counts_as_well(waiting):
    Job.objects.filter(image__artwork=waiting).update(state=JobState.DONE)

    assert permissions.visible_works(ANYONE).get() == waiting


def test_a_further_view_is_shown_to_the_public_once_it_is_ready(client, waiting):
    note_derivatives(waiting.lead_image, JobState.DONE)
    verso = an_image(waiting, view_label="verso", is_ready=False)
    address = reverse("work", args=[waiting.pk])

    early = client.get(address).text
    early_views = client.get(f"/api/v1/artworks/{waiting.pk}").json()["images"]
    note_derivatives(verso, JobState.DONE)

    assert "verso" not in early.lower()
    assert [view["id"] for view in early_views] == [waiting.lead_image.pk]
    assert "verso" in client.get(address).text.lower()


def test_a_work_leaves_when_the_view_that_leads_next_is_not_ready(client, waiting):
    first = waiting.lead_image
    note_derivatives(first, JobState.DONE)
    second = an_image(waiting, is_ready=False)

    first.delete()
    after_removal = pages_that_name(waiting, client)
    note_derivatives(second, JobState.DONE)

    assert after_removal == []
    assert len(pages_that_name(waiting, client)) == 7


def test_what_an_administrator_saves_does_not_hide_a_work_that_became_ready_meanwhile(client, waiting):
    client.force_login(a_user(is_superuser=True))
    form = client.get(reverse("admin:collection_artwork_change", args=[waiting.pk])).context["adminform"].form
    note_derivatives(waiting.lead_image, JobState.DONE)

    fields = {name: value for name, value in form.initial.items() if value is not None and name != "collection"}
    inline = {"images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0}
    answer = client.post(
        reverse("admin:collection_artwork_change", args=[waiting.pk]),
        {**fields, **inline, "creators": "Hokusai", "title": "The Great Wave", "is_published": "on"},
    )

    waiting.refresh_from_db()
    assert (answer.status_code, waiting.title, waiting.is_ready) == (302, "The Great Wave", True)


def test_many_waiting_works_do_not_slow_the_first_page(django_assert_max_num_queries):
    """The newest works of all may be those of an import that has just begun."""
    collection = a_collection()
    rows = [Artwork(collection=collection, accession_number=f"{n}", is_published=True) for n in range(3_000)]
    Artwork.objects.bulk_create([*rows[:100]])
    Artwork.objects.update(is_ready=True)
    Artwork.objects.bulk_create(rows[100:])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE collection_artwork")

    found = paging.page(permissions.visible_works(ANYONE), Filters())
    plan = permissions.visible_works(ANYONE).order_by("-pk")[:25].explain(analyze=True)

    assert len(found.works) == 24
    assert "artwork_shown" in plan
