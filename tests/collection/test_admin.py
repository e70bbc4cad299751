import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from collection.desk.record_forms import LinesField
from collection.models import Step, StepState, Upload
from tests.factories import a_collection, a_user, an_image, note_derivatives

MODELS = ["collection", "artwork", "artworkimage", "step", "upload"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    client.force_login(a_user(is_superuser=True))
    return client


@pytest.mark.parametrize("name", MODELS)
def test_every_list_and_record_opens(administrator, name):
    image = an_image()
    upload = Upload.objects.create(collection=image.collection)
    pks = {
        "collection": image.collection_id,
        "artwork": image.artwork_id,
        "artworkimage": image.pk,
        "step": image.steps.get().pk,
        "upload": upload.pk,
    }

    listed = administrator.get(reverse(f"admin:collection_{name}_changelist"), {"q": "x"})
    shown = administrator.get(reverse(f"admin:collection_{name}_change", args=[pks[name]]))

    assert (listed.status_code, shown.status_code) == (200, 200)


def test_what_failed_is_tried_again(administrator):
    image = an_image()
    note_derivatives(image, StepState.FAILED)
    step = image.steps.get()

    administrator.post(
        reverse("admin:collection_step_changelist"), {"action": "try_again", "_selected_action": [step.pk]}
    )

    step.refresh_from_db()
    assert step.state == StepState.PENDING


@pytest.mark.parametrize("name", ["artworkimage", "step", "upload"])
def test_pictures_and_their_steps_are_not_added_by_hand(administrator, name):
    assert administrator.get(reverse(f"admin:collection_{name}_add")).status_code == 403


def test_a_saved_work_stays_in_its_collection(administrator):
    image = an_image()
    page = reverse("admin:collection_artwork_change", args=[image.artwork_id])
    work = administrator.get(page).context["adminform"].form.initial
    sent = {name: value for name, value in work.items() if isinstance(value, str)}
    inline = {"images-TOTAL_FORMS": 0, "images-INITIAL_FORMS": 0}

    answer = administrator.post(page, {**sent, **inline, "title": "Another", "collection": a_collection().pk})

    image.artwork.refresh_from_db()
    assert (answer.status_code, image.artwork.title) == (302, "Another")
    assert image.artwork.collection_id == image.collection_id


def test_a_new_work_is_given_a_collection(administrator):
    page = administrator.get(reverse("admin:collection_artwork_add"))

    assert "collection" in page.context["adminform"].form.fields


def test_a_maker_with_a_comma_stays_one_maker(administrator):
    work = an_image().artwork
    work.creators = ["Leighton, Frederic", "Ada Ink"]
    work.save()
    address = reverse("admin:collection_artwork_change", args=[work.pk])

    shown = administrator.get(address).context["adminform"].form["creators"].value()

    assert LinesField(required=False).clean(LinesField().prepare_value(shown)) == ["Leighton, Frederic", "Ada Ink"]


def test_a_work_with_a_picture_can_be_deleted(administrator):
    work = an_image().artwork

    administrator.post(reverse("admin:collection_artwork_delete", args=[work.pk]), {"post": "yes"})

    assert not type(work).objects.filter(pk=work.pk).exists()


def failed_step(image, key):
    return Step.objects.create(image=image, key=key, state=StepState.FAILED, attempts=3)


def test_only_the_chosen_steps_are_tried_again(administrator):
    image = an_image()
    chosen, other = failed_step(image, "one"), failed_step(image, "other")

    administrator.post(
        reverse("admin:collection_step_changelist"), {"action": "try_again", "_selected_action": [chosen.pk]}
    )

    states = dict(Step.objects.filter(pk__in=[chosen.pk, other.pk]).values_list("pk", "state"))
    assert states == {chosen.pk: StepState.PENDING, other.pk: StepState.FAILED}


def test_who_may_only_view_steps_cannot_try_them_again(client):
    step = failed_step(an_image(), "one")
    viewer = a_user("viewer")
    viewer.is_staff = True
    viewer.save()
    viewer.user_permissions.add(Permission.objects.get(codename="view_step"))
    client.force_login(viewer)
    changelist = reverse("admin:collection_step_changelist")

    page = client.get(changelist)
    client.post(changelist, {"action": "try_again", "_selected_action": [step.pk]})

    assert "Try again what failed" not in page.text
    assert Step.objects.get(pk=step.pk).state == StepState.FAILED
