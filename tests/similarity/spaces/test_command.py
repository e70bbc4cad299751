"""The output of manage.py spaces."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from similarity.models import Space, SpaceState
from similarity.spaces import lifecycle
from tests import factories
from tests.similarity.spaces.growing import filled, sweep, uploaded

pytestmark = pytest.mark.django_db(transaction=True)  # an index is made beside rows already committed

NETWORK = ("--backbone", "squeezenet1_0")  # untrained; it loads fast
PICTURES = 8  # enough for a fit in these tests


def answer_to(*arguments: str) -> str:
    out = StringIO()
    call_command("spaces", *arguments, stdout=out)
    return out.getvalue()


def a_fitted_space(state: SpaceState) -> Space:
    """A space of the small network, planned by the command, as it is after a fit on PICTURES pictures."""
    answer_to("build", *NETWORK)
    planned = Space.objects.filter(state=SpaceState.FITTING)
    planned.update(state=state, fitted_on=PICTURES, projection="root-pca-2:0123456789ab", dimensions=2)
    return Space.objects.get(state=state)


def test_a_site_without_spaces_says_so():
    assert answer_to("list") == "No spaces yet.\n"


def test_a_network_without_weights_is_planned_as_untrained():
    assert "untrained" in answer_to("build", *NETWORK)


def test_a_space_that_repeats_the_previous_one_is_refused_with_how_to_activate_that():
    for _ in range(PICTURES):
        factories.an_image()
    previous = a_fitted_space(SpaceState.PREVIOUS)

    with pytest.raises(CommandError, match=f"manage.py spaces activate {previous.pk}"):
        answer_to("build", *NETWORK, "--activate")

    assert not Space.objects.filter(state=SpaceState.FITTING).exists()
    assert "Planned" in answer_to("build", *NETWORK)


def test_a_space_that_repeats_the_live_one_is_not_built_to_go_live():
    for _ in range(PICTURES):
        factories.an_image()
    a_fitted_space(SpaceState.LIVE)

    with pytest.raises(CommandError, match="It is already live"):
        answer_to("build", *NETWORK, "--activate")


def test_a_network_whose_space_of_raw_vectors_is_in_use_can_be_planned(media: Path):
    uploaded(2)
    first = answer_to("build", *NETWORK)
    raw = lifecycle.live()
    Space.objects.filter(state=SpaceState.FITTING).update(state=SpaceState.RETIRED)

    second = answer_to("build", *NETWORK)

    assert f"Planned: {raw}" in first
    assert "Planned" in second
    assert Space.objects.filter(state=SpaceState.FITTING).exists()
    assert lifecycle.live() == raw


def test_a_roll_back_says_how_many_pictures_follow(media: Path):
    uploaded(2)
    filled("old")
    filled("new")
    sweep()
    uploaded(3, start=10)

    assert "3 pictures added since then are processed before all other work" in answer_to("rollback")
