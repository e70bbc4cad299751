"""What can be measured here: the live spaces whose network is at hand."""

import pytest

from similarity.evaluation.jobs import candidates
from similarity.models import Space
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.weights import WeightsError
from tests import fakes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("loss", [WeightsError("the file is gone"), UnknownBackboneError("no such network any more")])
def test_a_space_whose_network_is_not_at_hand_is_left_out_and_the_others_are_measured(loss: Exception, caplog):
    embedder = fakes.FakeEmbedder(lenses=("look", "colour"))
    for lens in ("look", "colour"):
        fakes.opened(embedder, lens)

    def embedder_of(space: Space) -> fakes.FakeEmbedder:
        if space.lens == "look":
            raise loss
        return embedder

    found = candidates.in_all(candidates.find(embedder_of))

    assert [one.recipe.lens for one in found] == ["colour"]
    assert str(loss) in caplog.text
