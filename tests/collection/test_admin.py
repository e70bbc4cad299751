import pytest
from django.urls import reverse

from collection.models import StepState, Upload
from tests.factories import a_user, an_image, note_derivatives

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
