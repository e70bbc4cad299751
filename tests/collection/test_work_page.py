import pytest

from collection.models import Artwork, JobState
from tests.factories import a_collection, a_user, a_work, an_image, note_derivatives

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(db) -> Artwork:
    return a_work(a_collection(title="Prints"), title="Great Wave", creators=["Hokusai"])


def test_the_whole_record_is_shown(client):
    work = a_work(
        title="Great Wave",
        creators=["Katsushika Hokusai", "Nishimuraya Yohachi"],
        date_display="c. 1830",
        medium="woodblock print",
        dimensions="25 × 37 cm",
        classification="Print",
        department="Asian Art",
        culture="Japan",
        credit_line="Gift of a friend, 1923",
        rights_uri="https://creativecommons.org/publicdomain/mark/1.0/",
        source_url="https://www.example.org/works/4",
        description="A wave, <boats> and a mountain.",
    )

    page = client.get(work.get_absolute_url()).text

    for text in (work.medium, work.dimensions, work.department, work.culture, work.credit_line, "c. 1830"):
        assert text in page
    assert "Public domain" in page
    assert "example.org" in page
    assert "A wave, &lt;boats&gt; and a mountain." in page
    assert "/browse/?creator=Katsushika%20Hokusai" in page


def test_a_picture_comes_in_sizes_with_its_own_width(client, work):
    image = an_image(work, width_px=2400, height_px=1200)

    page = client.get(work.get_absolute_url()).text

    assert f"/pictures/{image.pk}/480.webp 480w, /pictures/{image.pk}/1200.webp 1200w" in page
    assert 'width="1200" height="600"' in page
    assert 'alt="Great Wave, by Hokusai"' in page


@pytest.mark.parametrize(
    ("state", "text"),
    [(JobState.PENDING, "is being prepared"), (JobState.FAILED, "could not be prepared")],
)
def test_a_picture_that_is_not_there_yet_says_so_to_a_curator(client, work, state, text):
    note_derivatives(an_image(work, is_ready=False), state)
    client.force_login(a_user(curates=work.collection))

    assert text in client.get(work.get_absolute_url()).text


def test_another_view_is_shown_on_request(client, work):
    an_image(work)
    verso = an_image(work, view_label="verso")

    page = client.get(work.get_absolute_url(), {"view": verso.pk}).text

    assert "(verso)" in page


def test_another_view_keeps_what_else_the_address_says(client, work):
    front, verso = an_image(work), an_image(work, view_label="verso")
    own = work.get_absolute_url()

    page = client.get(f"{own}?look=70&colour=30&within=collection").text

    kept = "look=70&amp;colour=30&amp;within=collection"
    assert f'href="{own}?{kept}&amp;view={verso.pk}" hx-get="{own}?{kept}&amp;view={verso.pk}"' in page
    assert f'href="{own}?{kept}&amp;view={front.pk}"' in page


def test_a_view_that_is_switched_in_place_goes_into_the_address_as_that_reads_now(client, work):
    an_image(work)
    verso = an_image(work, view_label="verso")
    own = work.get_absolute_url()
    headers = {"HX-Request": "true", "HX-Target": "viewer", "HX-Current-URL": f"http://testserver{own}?lens=colour"}

    answer = client.get(own, {"view": verso.pk}, headers=headers)  # by a link that is older than the lens

    assert answer["HX-Push-Url"] == f"{own}?lens=colour&view={verso.pk}"
    assert "(verso)" in answer.text
    assert f'id="least-like" href="{own}dissimilar/?lens=colour&amp;view={verso.pk}" hx-swap-oob="true"' in answer.text


@pytest.mark.parametrize("view", ["", "abc", "-1", "99999999999999999999"])
def test_an_unknown_view_falls_back_to_the_first(client, work, view):
    an_image(work, view_label="front")

    assert "(front)" in client.get(work.get_absolute_url(), {"view": view}).text


def test_neighbours_are_the_visible_works_of_the_same_collection(client):
    collection = a_collection()
    first, hidden, middle, last = (a_work(collection, is_published=n != 1) for n in range(4))
    a_work()

    page = client.get(middle.get_absolute_url())

    assert (page.context["previous"], page.context["following"]) == (first.pk, last.pk)
    assert hidden.get_absolute_url() not in page.text


def test_a_work_page_stays_within_nine_queries(client, work, django_assert_max_num_queries):
    for _ in range(3):
        an_image(work)
    client.force_login(a_user(curates=work.collection))

    with django_assert_max_num_queries(9):
        response = client.get(work.get_absolute_url())

    assert response.status_code == 200


def test_a_curator_changes_the_record(client, work):
    client.force_login(a_user(curates=work.collection))
    record = {"accession_number": "1923.4", "title": "Wave", "creators": "Hokusai\n\n Eisen \nHokusai"}

    answer = client.post(f"/works/{work.pk}/edit/", record)

    work.refresh_from_db()
    assert answer["Location"] == work.get_absolute_url()
    assert (work.title, work.creators) == ("Wave", ["Hokusai", "Eisen"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"year_start": "1900", "year_end": "1800"}, "The latest year is before the earliest."),
        ({"accession_number": "taken"}, "Another work of this collection has this number."),
        ({"creators": "x" * 201}, "A name has at most 200 characters."),
        ({"creators": "a\0b"}, "Null characters are not allowed."),
        ({"year_start": "99999999999"}, "less than or equal to"),
    ],
)
def test_a_wrong_record_is_refused_in_words(client, work, change, sentence):
    a_work(work.collection, accession_number="taken")
    client.force_login(a_user(curates=work.collection))
    record = {"accession_number": work.accession_number, "title": "Changed", **change}

    answer = client.post(f"/works/{work.pk}/edit/", record)

    work.refresh_from_db()
    assert answer.status_code == 422
    assert sentence in answer.text
    assert work.title == "Great Wave"


def test_a_curator_takes_a_work_back_and_publishes_it_again_along_with_what_is_typed(client, work):
    client.force_login(a_user(curates=work.collection))
    record = {"accession_number": work.accession_number}

    client.post(f"/works/{work.pk}/edit/", {**record, "title": "Wave", "is_published": "no"})
    work.refresh_from_db()
    assert (work.title, work.is_published) == ("Wave", False)

    wrong = client.post(f"/works/{work.pk}/edit/", {**record, "year_start": "soon", "is_published": "yes"})
    work.refresh_from_db()
    assert (wrong.status_code, work.is_published) == (422, False)

    client.post(f"/works/{work.pk}/edit/", {**record, "title": "Great Wave", "is_published": "yes"})
    work.refresh_from_db()
    assert (work.title, work.is_published) == ("Great Wave", True)


def as_shown(page) -> dict[str, str]:
    """What a browser would send of the edit page, nothing typed."""
    form = page.context["form"]
    values = {field.html_name: field.value() for field in form}
    shown = {name: "" if value is None else value for name, value in values.items()}
    return shown | {form[name].html_initial_name: value for name, value in shown.items()}


def test_two_curators_who_change_different_fields_both_keep_theirs(client, work):
    client.force_login(a_user(curates=work.collection))
    address = f"/works/{work.pk}/edit/"
    one = other = as_shown(client.get(address))

    client.post(address, {**one, "medium": "Ink on silk"})
    client.post(address, {**other, "creators": "Hokusai\r\nEisen"})

    work.refresh_from_db()
    assert (work.medium, work.creators, work.title) == ("Ink on silk", ["Hokusai", "Eisen"], "Great Wave")


def test_who_saves_a_field_that_somebody_else_has_changed_is_told_first(client, work):
    client.force_login(a_user(curates=work.collection))
    address = f"/works/{work.pk}/edit/"
    one = other = as_shown(client.get(address))
    client.post(address, {**one, "title": "Wave"})

    answer = client.post(address, {**other, "title": "The Wave"})
    work.refresh_from_db()
    title_then = work.title
    again = client.post(address, {**as_shown(answer), "title": "The Wave", "initial-title": "Wave"})

    work.refresh_from_db()
    assert "Somebody changed this to “Wave”" in answer.text
    assert '<input type="hidden" name="initial-title" value="Wave"' in answer.text
    assert 'value="The Wave"' in answer.text
    assert (title_then, again.status_code, work.title) == ("Wave", 302, "The Wave")


def test_years_that_two_curators_changed_are_never_saved_out_of_order(client, work):
    client.force_login(a_user(curates=work.collection))
    address = f"/works/{work.pk}/edit/"
    client.post(address, {**as_shown(client.get(address)), "year_start": "1800", "year_end": "1860"})
    one = other = as_shown(client.get(address))
    client.post(address, {**one, "year_start": "1850"})

    answer = client.post(address, {**other, "year_end": "1820"})
    work.refresh_from_db()
    years_then = (work.year_start, work.year_end)
    again = client.post(address, {**as_shown(answer), "initial-year_start": "1850", "initial-year_end": "1860"})

    work.refresh_from_db()
    assert "Somebody changed this to “1850”" in answer.text
    assert (answer.status_code, years_then) == (422, (1850, 1860))
    assert (again.status_code, work.year_start, work.year_end) == (302, 1800, 1820)


def test_a_curator_removes_a_view_of_this_work_alone(client, work):
    image, other = an_image(work), an_image()
    client.force_login(a_user(curates=work.collection))

    client.post(f"/works/{work.pk}/views/{image.pk}/delete/")
    foreign = client.post(f"/works/{work.pk}/views/{other.pk}/delete/")

    assert not work.images.exists()
    assert foreign.status_code == 404
    assert other.artwork.images.exists()
