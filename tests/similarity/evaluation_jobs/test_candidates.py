"""Which networks and lenses are measured: the live spaces whose network can be loaded."""

import pytest

from similarity.evaluation.jobs import candidates, speed_job
from similarity.evaluation.jobs.candidates import Candidate, Group
from similarity.models import Space
from similarity.vision.networks import weights
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.ensemble import EnsembleEmbedder
from similarity.vision.networks.weights import WeightsError
from tests import fakes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("loss", [WeightsError("the file is gone"), UnknownBackboneError("no such network any more")])
def test_a_space_whose_network_cannot_be_loaded_is_left_out_and_the_others_are_measured(loss: Exception, caplog):
    embedder = fakes.FakeEmbedder(lenses=("look", "colour"))
    for lens in ("look", "colour"):
        fakes.opened(embedder, lens)

    def embedder_of(space: Space) -> fakes.FakeEmbedder:
        if space.lens == "look":
            raise loss
        return embedder

    found = candidates.list_all(candidates.find(embedder_of))

    assert [one.recipe.lens for one in found] == ["colour"]
    assert str(loss) in caplog.text


def test_a_network_of_a_joint_look_that_also_has_a_live_space_is_timed_once():
    names = ("squeezenet1_1", "mobilenet_v3_small")
    members = [NetworkEmbedder(weights.seeded(name), device="cpu", bf16=False, batch_size=4) for name in names]
    joint = EnsembleEmbedder(members)
    groups = [
        Group(each, [Candidate(each.identity, next(iter(each.recipes)), Space())]) for each in (joint, members[1])
    ]

    steps = [step.name for step in speed_job.steps({"pictures": [1, 2]}, groups)]

    assert len(steps) == len(set(steps)) == 2 * 3  # a batch and a result for each network and for the joint look
