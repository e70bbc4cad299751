import pytest
from django.test import Client

from collection.models import Artwork, AuditEntry
from similarity.groups.building import joining, versions
from similarity.groups.clusters import fact_sentences, group_naming
from similarity.groups.clusters.fact_sentences import ShownFact
from similarity.models import Group, GroupName, Placement
from tests import factories
from tests.similarity.groups.built_overviews import build
from tests.similarity.groups.grouped_works import a_cloud, group_of, subgroup_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def clouds():
    collection = factories.a_collection()
    return [a_cloud(collection, towards, 12, classification=f"Kind {towards}") for towards in range(4)]


@pytest.fixture
def curator(clouds, client: Client) -> Client:
    client.force_login(factories.a_user(curates=clouds[0][0].collection))
    return client


def withdraw(works: list[Artwork]) -> None:
    Artwork.objects.filter(pk__in=[work.pk for work in works]).update(is_published=False)


def page_of(client: Client, work: Artwork) -> str:
    return client.get(f"/groups/{group_of(work).number}/").content.decode()


def test_the_page_lists_the_groups_with_their_facts_and_counts(clouds, client: Client):
    build()

    page = client.get("/groups/").content.decode()

    for number in range(4):
        assert f"Mostly Kind {number}" in page
    assert page.count("12 works") == 4
    assert 'href="/groups/"' in client.get("/").content.decode()


def test_a_group_shows_its_works_the_most_typical_first(clouds, client: Client):
    build()

    response = client.get(f"/groups/{group_of(clouds[0][0]).number}/")

    rows = Placement.objects.filter(group=group_of(clouds[0][0])).order_by("-typicality", "work")
    assert [work.pk for work in response.context["page"].works] == list(rows.values_list("work", flat=True))
    assert "100 % of this group" in response.content.decode()
    assert "/browse/?classification=Kind+0" in response.content.decode()


def test_a_long_group_continues_after_a_work_by_the_same_order(client: Client):
    works = a_cloud(factories.a_collection(), 0, 60, width=0.001)
    build()
    number = group_of(works[0]).number

    first = client.get(f"/groups/{number}/").context["page"]
    second = client.get(f"/groups/{number}/?after={first.next_after}").context["page"]
    third = client.get(f"/groups/{number}/?after={second.next_after}").context["page"]

    shown = [work.pk for part in (first, second, third) for work in part.works]
    assert len(shown) == len(set(shown)) == 60
    assert third.next_after is None
    fragment = client.get(
        f"/groups/{number}/?after={first.next_after}",
        headers={"HX-Request": "true", "HX-Target": "works", "HX-Current-URL": f"http://testserver/groups/{number}/"},
    )
    assert [work.pk for work in fragment.context["page"].works] == [work.pk for work in second.works]
    assert fragment["HX-Replace-Url"] == f"/groups/{number}/?pages=2"


@pytest.mark.parametrize("after", ["0", "999999999999999999999999", "x", "-4"])
def test_a_place_that_is_not_in_the_group_shows_its_start(clouds, client: Client, after: str):
    build()

    response = client.get(f"/groups/{group_of(clouds[0][0]).number}/", {"after": after})

    assert response.status_code == 200
    assert len(response.context["page"].works) == 12


def test_a_joined_work_comes_last_in_its_group(clouds, client: Client):
    build()
    joined = clouds[0][0]
    Placement.objects.filter(work=joined).update(typicality=None, has_joined=True)

    works = client.get(f"/groups/{group_of(joined).number}/").context["page"].works

    assert works[-1] == joined


def test_works_that_are_not_on_view_are_neither_shown_nor_counted(clouds, client: Client):
    withdraw(clouds[0][:4])
    build()
    withdraw(clouds[0][4:6])

    page = page_of(client, clouds[0][0])

    assert "6 works" in page
    assert all(work.title not in page for work in clouds[0][:6])
    assert all(work.title in page for work in clouds[0][6:])
    assert "6 works" in client.get("/groups/").content.decode()


def test_a_fact_about_withdrawn_works_is_no_longer_told(clouds, client: Client):
    Artwork.objects.filter(pk__in=[work.pk for work in clouds[0][:5]]).update(creators=["Quokka"])
    build()
    assert "Quokka" in page_of(client, clouds[0][0])

    withdraw(clouds[0][:5])

    assert "Quokka" not in page_of(client, clouds[0][0])
    assert "Quokka" not in client.get("/groups/").content.decode()


def test_the_share_of_the_other_works_is_counted_again_too(clouds, client: Client):
    Artwork.objects.filter(pk__in=[work.pk for work in clouds[0]]).update(creators=["Quokka"])
    Artwork.objects.filter(pk__in=[work.pk for work in clouds[1][:6]]).update(creators=["Quokka"])
    build()
    number = group_of(clouds[0][0]).number

    withdraw(clouds[1][:3])

    facts = client.get(f"/api/v1/groups/{number}").json()["facts"]
    (fact,) = [one for one in facts if one["value"] == "Quokka"]
    assert fact["share_elsewhere"] == pytest.approx(3 / 33)


def test_a_group_without_a_work_on_view_does_not_exist_for_visitors(clouds, client: Client):
    build()
    number = group_of(clouds[0][0]).number
    withdraw(clouds[0])

    assert client.get(f"/groups/{number}/").status_code == 404
    assert f"/groups/{number}/" not in client.get("/groups/").content.decode()
    for other in clouds[1:]:
        assert f"/groups/{number}/" not in page_of(client, other[0])


def test_a_curator_sees_and_counts_own_drafts(clouds, curator: Client):
    build()
    withdraw(clouds[0])

    assert "12 works" in page_of(curator, clouds[0][0])


def test_a_group_of_one_work_on_view_is_shown_as_such(clouds, client: Client):
    build()
    withdraw(clouds[0][1:])

    page = page_of(client, clouds[0][0])

    assert "1 work that is on view" in page
    assert clouds[0][0].title in page


def test_a_curator_names_a_group_and_the_name_lasts(clouds, curator: Client):
    build()
    number = group_of(clouds[0][0]).number

    curator.post(f"/groups/{number}/name/", {"name": "Harbours"}, follow=True)
    build()

    assert group_of(clouds[0][0]).number == number
    assert "Harbours" in Client().get(f"/groups/{number}/").content.decode()
    entry = AuditEntry.objects.get(kind="group")
    assert entry.detail == {"fields": {"name": ["", "Harbours"]}}


def test_a_hidden_group_is_gone_for_the_public_but_its_works_stay(clouds, curator: Client):
    build()
    number = group_of(clouds[0][0]).number

    curator.post(f"/groups/{number}/name/", {"name": "", "is_hidden": "on"})

    visitor = Client()
    assert visitor.get(f"/groups/{number}/").status_code == 404
    assert f"/groups/{number}/" not in visitor.get("/groups/").content.decode()
    assert visitor.get(f"/works/{clouds[0][0].pk}/").status_code == 200
    assert f"/groups/{number}/" not in visitor.get(f"/works/{clouds[0][0].pk}/group/").content.decode()
    assert "Hidden from the public" in curator.get(f"/groups/{number}/").content.decode()


def test_the_parts_of_a_hidden_group_are_hidden_too(client: Client):
    collection = factories.a_collection()
    works = [a_cloud(collection, towards, 40)[0] for towards in range(6)]
    work = works[0]
    build()
    whole, part = group_of(work).number, subgroup_of(work).number
    assert client.get(f"/groups/{part}/").status_code == 200

    group_naming.change(whole, factories.a_user(curates=collection), name="", is_hidden=True)

    assert client.get(f"/groups/{part}/").status_code == 404
    assert client.get(f"/api/v1/groups/{part}").status_code == 404
    assert "/groups/" not in client.get(f"/works/{work.pk}/group/").text
    client.force_login(factories.a_user("curator", curates=collection))
    assert client.get(f"/groups/{part}/").status_code == 200


def test_the_group_that_follows_a_hidden_one_is_hidden_under_its_new_number(clouds, client: Client):
    build()
    former = group_of(clouds[0][0]).number
    group_naming.change(former, factories.a_user(curates=clouds[0][0].collection), name="", is_hidden=True)
    a_cloud(clouds[0][0].collection, 0, 40)

    build()

    number = group_of(clouds[0][0]).number
    assert number != former
    assert client.get(f"/groups/{number}/").status_code == 404
    assert client.get(f"/groups/{group_of(clouds[1][0]).number}/").status_code == 200


def test_works_that_join_are_counted(clouds, client: Client):
    build()
    joined = a_cloud(clouds[0][0].collection, 0, 1)[0]
    assert "12 works" in page_of(client, clouds[0][0])

    while joining.run():
        pass

    assert group_of(joined) == group_of(clouds[0][0])
    assert "13 works" in page_of(client, clouds[0][0])
    assert "13 works" in client.get("/groups/").text


def test_only_curators_name_groups(clouds, client: Client):
    build()
    address = f"/groups/{group_of(clouds[0][0]).number}/name/"
    client.force_login(factories.a_user())

    assert client.post(address, {"name": "Mine"}).status_code == 403
    assert Client().post(address, {"name": "Mine"}).status_code == 403
    assert Client(enforce_csrf_checks=True).post(address, {"name": "Mine"}).status_code == 403
    assert client.post("/groups/9999/name/", {"name": "Mine"}).status_code == 404
    assert "Mine" not in [*GroupName.objects.values_list("name", flat=True)]


def test_a_name_that_is_too_long_is_refused_with_a_sentence(clouds, curator: Client):
    build()

    page = curator.post(f"/groups/{group_of(clouds[0][0]).number}/name/", {"name": "x" * 121}, follow=True)

    assert "at most 120 characters" in page.content.decode()
    assert not GroupName.objects.exclude(name="").exists()


def test_an_address_of_a_former_group_leads_to_the_group_that_has_its_works(clouds, client: Client):
    build()
    former = group_of(clouds[0][0]).number
    build()
    Group.objects.filter(overview=versions.live(), number=former).update(number=500)

    response = client.get(f"/groups/{former}/")

    assert (response.status_code, response["Location"]) == (302, "/groups/500/")


def test_an_address_of_a_former_group_does_not_lead_to_a_group_that_has_few_of_its_works(clouds, client: Client):
    build()
    former = group_of(clouds[0][0])
    build()
    Group.objects.filter(overview=versions.live(), number=former.number).update(number=500)
    Placement.objects.filter(overview=versions.live(), work__in=clouds[0][3:]).update(group=None)

    assert client.get(f"/groups/{former.number}/").status_code == 404


@pytest.mark.parametrize("number", ["77", "99999999999999999999999"])
def test_an_unknown_group_is_a_page_with_a_link_to_all_groups(clouds, client: Client, number: str):
    build()

    response = client.get(f"/groups/{number}/")

    assert response.status_code == 404
    assert "See all groups" in response.content.decode()


def test_a_work_has_a_strip_of_its_smallest_group(client: Client):
    collection = factories.a_collection()
    works = [a_cloud(collection, towards, 40)[0] for towards in range(6)]
    build()
    work = works[0]

    strip = client.get(f"/works/{work.pk}/group/").content.decode()

    assert f"/groups/{subgroup_of(work).number}/" in strip
    assert f"/groups/{group_of(work).number}/" in strip
    assert f'href="/works/{work.pk}/"' not in strip
    assert f"/works/{work.pk}/group/" in client.get(f"/works/{work.pk}/").content.decode()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_works_have_no_groups_and_the_page_says_so(client: Client, count: int):
    a_cloud(factories.a_collection(), 0, count)

    page = client.get("/groups/").content.decode()

    assert "There are no groups yet." in page
    assert 'href="/groups/"' not in client.get("/").content.decode()


def test_the_page_says_that_the_first_groups_are_being_made(clouds, client: Client):
    versions.request()

    assert "The groups are being made." in client.get("/groups/").content.decode()


def test_the_home_page_loads_a_row_of_groups(clouds, client: Client):
    build()

    assert "/groups/home/" in client.get("/").content.decode()
    assert client.get("/groups/home/").content.decode().count("group-card__link") == 4


def test_pages_need_few_queries(clouds, client: Client, django_assert_max_num_queries):
    build()
    number = group_of(clouds[0][0]).number
    client.get("/groups/")

    with django_assert_max_num_queries(10):
        client.get("/groups/")
    with django_assert_max_num_queries(16):
        client.get(f"/groups/{number}/")
    with django_assert_max_num_queries(10):
        client.get("/groups/home/")


def test_the_api_has_the_groups_and_the_works_of_one(clouds, client: Client):
    withdraw(clouds[0][:3])
    build()
    number = group_of(clouds[0][0]).number

    listed = client.get("/api/v1/groups").json()
    first = client.get(f"/api/v1/groups/{number}", {"limit": 5}).json()
    second = client.get(f"/api/v1/groups/{number}", {"limit": 5, "after": first["next_after"]}).json()

    assert sorted(one["count"] for one in listed) == [9, 12, 12, 12]
    assert first["facts"][0]["label"] == first["title"] == "Kind 0"
    assert {work["id"] for work in first["works"] + second["works"]} == {work.pk for work in clouds[0][3:]}
    assert (first["parent"], first["parts"], second["next_after"]) == (None, [], None)
    assert client.get("/api/v1/groups/9999").status_code == 404


def test_a_century_alone_is_not_the_whole_title():
    century = ShownFact("century", "19", 8, 10, 0.2)
    often = ShownFact("classification", "Realism", 2, 10, 0.01)

    assert fact_sentences.title([century, often]) == "19th century, often Realism"
    assert fact_sentences.title([century]) == "19th century"
    assert fact_sentences.title([]) == ""
    assert fact_sentences.sentence([century, often]) == "Mostly 19th century; often Realism"


def test_a_title_has_no_word_twice():
    kind = ShownFact("classification", "Textiles", 9, 10, 0.1)
    department = ShownFact("department", "Textiles", 9, 10, 0.1)
    culture = ShownFact("culture", "Navajo", 8, 10, 0.1)

    assert fact_sentences.title([kind, department, culture]) == "Textiles, Navajo"


def test_the_title_of_a_part_begins_with_what_the_larger_group_has_not():
    japanese, tokei = ShownFact("culture", "Japanese", 9, 10, 0.1), ShownFact("creator", "Tōkei", 8, 10, 0.1)
    prints = ShownFact("medium", "Woodblock", 7, 10, 0.1)

    assert fact_sentences.title([tokei, japanese]) == "Tōkei, Japanese"
    assert fact_sentences.title([japanese, tokei, prints], [tokei, japanese]) == "Woodblock, Japanese"
    assert fact_sentences.title([japanese, tokei], [tokei, japanese]) == "Japanese, Tōkei"
