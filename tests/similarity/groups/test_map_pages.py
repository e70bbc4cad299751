import pytest
from django.contrib.auth.models import AnonymousUser

from similarity.groups.building import overview_stages, versions
from similarity.groups.maps import group_labels, map_list, pins
from similarity.image_query import answers, searches
from similarity.models import GroupName
from similarity.templatetags import overview_tags
from similarity.workers import ephemeral
from tests import factories
from tests.similarity.groups import map_answers
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.map_answers import group_of, publish, works_on_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(media):
    return map_answers.along_the_map()


def test_the_list_has_the_works_by_group(client, works):
    overview = build()
    group_of(overview, works[:4], 101, "Coasts")
    group_of(overview, works[4:], 102, "Hills")

    response = client.get("/map/?as=list")

    page = response.content.decode()
    sections = {one.group.name: {work.title for work in one.works} for one in response.context["page"].sections}
    assert sections["Coasts"] == {f"Quokka {n}" for n in range(4)}
    assert [*sections] == ["Coasts", "Hills"]
    assert all(f"Quokka {n}<" in page for n in range(12))
    one_group = client.get("/map/?as=list&group=101").content.decode()
    assert "Quokka 3<" in one_group
    assert "Quokka 4<" not in one_group


def test_the_list_loads_its_first_pictures_at_once_and_the_map_leaves_those_of_its_list(client, works):
    build()

    assert client.get("/map/?as=list").text.count('fetchpriority="high"') == 4
    assert 'fetchpriority="high"' not in client.get("/map/").text.partition('id="map-list"')[2]


def test_the_pages_of_the_list_follow_each_other_without_gaps(client, works, monkeypatch):
    overview = build()
    group_of(overview, works[:4], 101, "Coasts")
    group_of(overview, works[4:7], 102, "Hidden")
    group_of(overview, works[7:10], 103, "Hills")
    GroupName.objects.filter(number=102).update(is_hidden=True)
    whole = listed_works(client, 1)

    monkeypatch.setattr(map_list, "PAGE_SIZE", 3)
    pages = [listed_works(client, number) for number in range(1, 5)]

    places = [[whole.index(work.pk) for work in group] for group in (works[:4], works[7:10], works[4:7])]
    assert [max(group) - min(group) + 1 for group in places[:2]] == [4, 3]
    assert max(places[0]) < min(places[1]) < min(places[2])  # those of the hidden group come last
    assert pages == [whole[start : start + 3] for start in (0, 3, 6, 9)]
    assert sorted(whole) == sorted(work.pk for work in works)


def listed_works(client, page: int) -> list[int]:
    sections = client.get(f"/map/?as=list&page={page}").context["page"].sections
    return [work.pk for section in sections for work in section.works]


def test_the_list_of_a_work_begins_with_the_works_around_it(client, works):
    build()

    response = client.get(f"/map/?as=list&work={works[5].pk}")

    listed = [work.pk for section in response.context["page"].sections for work in section.works]
    assert listed[0] == works[5].pk
    assert len(listed) == 12


def test_a_set_of_works_has_an_address(client, works):
    build()
    ids = [work.pk for work in works[2:5]]

    page = client.get(f"/map/?as=list&works={','.join(map(str, ids))},999999").content.decode()

    assert "3 chosen works" in page
    assert "Quokka 1<" not in page


def test_filters_narrow_the_list_and_name_the_works_for_the_map(client, works):
    build()
    works[3].classification = "Print"
    works[3].save()

    assert client.get("/map/matches?classification=Print").json() == {"works": [works[3].pk]}
    listed = client.get("/map/?as=list&classification=Print").context["page"]
    assert [work.pk for section in listed.sections for work in section.works] == [works[3].pk]


def test_withdrawn_works_are_in_no_answer_of_the_map(client, works):
    build()
    publish(works[3], is_published=False)
    pk = works[3].pk

    assert client.get(f"/map/works/{pk}/").status_code == 404
    assert client.get("/map/matches?q=quokka").json()["works"].count(pk) == 0
    for address in ("/map/?as=list", f"/map/?as=list&works={pk}", f"/map/?work={pk}"):
        assert "Quokka 3<" not in client.get(address).content.decode()


def test_a_hidden_group_has_no_label_for_the_public(works):
    overview = build()
    group_of(overview, works, 101, "Sea")
    GroupName.objects.update(is_hidden=True)

    assert group_labels.of(overview, AnonymousUser()) == []
    assert [one.name for one in group_labels.of(overview, factories.a_user(is_superuser=True))] == ["Sea"]


def test_a_site_without_a_map_says_so_and_links_to_none(client):
    page = client.get("/map/").content.decode()

    assert "There is no map yet" in page
    assert 'href="/map/"' not in client.get("/browse/").content.decode()
    assert client.get("/map/data").status_code == 404


def test_the_map_before_stays_while_the_next_is_built(client, works):
    build()
    versions.request()
    overview_stages.run()
    overview_tags.last_read.forget()

    assert len(works_on_map(client)) == 12
    assert 'href="/map/"' in client.get("/browse/").content.decode()


def test_a_map_whose_works_were_all_withdrawn_is_an_empty_page(client, works):
    build()
    for work in works:
        publish(work, is_published=False)

    assert works_on_map(client) == set()
    assert "No work on the map matches" in client.get("/map/?as=list").content.decode()


@pytest.mark.parametrize(
    "query", ["x=a&y=9", "work=0", "token=%00", "works=,,x", "page=-3", "group=99", "zoom=nan", "page=99"]
)
def test_invented_addresses_show_the_map(client, works, query):
    build()

    assert client.get(f"/map/?{query}").status_code == 200
    assert client.get(f"/map/?as=list&{query}").status_code == 200


def test_the_works_of_a_hidden_group_cannot_be_listed(client, works):
    overview = build()
    group_of(overview, works[:4], 101, "Coasts")
    group_of(overview, works[4:], 102, "Hills")
    GroupName.objects.filter(number=101).update(is_hidden=True)

    page = client.get("/map/?as=list&group=101").context["page"]

    assert page.total == 12
    assert [one.group and one.group.name for one in page.sections] == ["Hills", None]


def test_a_typing_error_is_corrected_in_the_list_as_on_the_map(client, works):
    build()

    response = client.get("/map/?as=list&q=Quokkka")

    assert response.context["page"].total == len(client.get("/map/matches?q=Quokkka").json()["works"]) == 12
    assert "Showing works that match <strong>quokka</strong>" in response.content.decode()
    assert client.get(f"/map/{response.context['verbatim_url']}").context["page"].total == 0


def test_without_filters_no_ids_are_sent(client, works):
    build()

    assert client.get("/map/matches").json() == {"works": None}


def test_a_place_at_the_edge_stays_in_the_links(client, works):
    build()

    response = client.get("/map/?x=0&y=0.5&zoom=2")

    assert "x=0&amp;y=0.5&amp;zoom=2" in response.content.decode()
    assert response.context["pin"].x == 0


def test_a_search_from_before_a_change_of_the_look_says_so(works):
    overview = build()
    token = "a-token"
    with ephemeral.connect() as redis:
        redis.set(searches.answer_key(token), answers.to_json(answers.Answer("ready")), ex=60)

    found = pins.of_search(overview, token, AnonymousUser())

    assert found == pins.Pointed(problem=pins.OUTDATED)


def test_the_map_says_that_no_work_matches(client, works):
    build()

    page = client.get("/map/?q=zzzzqqq").text

    notice = page[: page.index('id="map-list"')]
    assert "No work on the map matches." in notice
    assert "No work on the map matches." not in client.get("/map/").text
