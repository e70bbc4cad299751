"""Two networks as one embedder: a joint look, and every other lens by one of them."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import nn

from similarity.vision.contract import Identity, Recipe
from similarity.vision.networks import ensemble, weights
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.ensemble import EnsembleEmbedder

NAMES = ("squeezenet1_1", "mobilenet_v3_small")


def squares(count: int) -> list[NDArray[np.uint8]]:
    return list(np.random.default_rng(4).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def members() -> list[NetworkEmbedder]:
    return [NetworkEmbedder(weights.seeded(name), device="cpu", bf16=False, batch_size=3) for name in NAMES]


@pytest.fixture(scope="module")
def joint(members: list[NetworkEmbedder]) -> EnsembleEmbedder:
    return EnsembleEmbedder(members)


def passes(member: NetworkEmbedder) -> list[int]:
    """Return a list that grows by one for every pass through the member's first layer."""
    found: list[int] = []
    first = next(layer for layer in member.network.modules() if isinstance(layer, nn.Conv2d))
    first.register_forward_pre_hook(lambda *_: found.append(1))
    return found


def test_the_joint_look_consists_of_the_looks_of_both(joint: EnsembleEmbedder, members: list[NetworkEmbedder]) -> None:
    first, second = members
    pictures = squares(3)
    look, one, other = next(iter(joint.recipes)), ensemble.default_look(first), ensemble.last_layer(second)

    vectors = joint.describe(pictures, [look])[look]

    split = first.recipes[one]
    assert look.lens == "look"
    assert look.lengths(joint.recipes[look]) == [*one.lengths(split), *other.lengths(second.recipes[other])]
    assert vectors.shape == (3, split + second.recipes[other])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[:, :split] * np.sqrt(2) == pytest.approx(first.describe(pictures, [one])[one], abs=1e-5)
    assert vectors[:, split:] * np.sqrt(2) == pytest.approx(second.describe(pictures, [other])[other], abs=1e-5)


def test_every_other_lens_uses_the_first_network_that_supports_it(
    joint: EnsembleEmbedder, members: list[NetworkEmbedder]
) -> None:
    sources = {recipe.lens: joint.source_of(recipe).backbone for recipe in joint.recipes}

    assert sources == {
        "look": "squeezenet1_1+mobilenet_v3_small",
        "match": "squeezenet1_1",
        "composition": "squeezenet1_1",
        "texture": "squeezenet1_1",
        "regions": "squeezenet1_1",
        "subject": "mobilenet_v3_small",  # squeezenet1_1 has no layer for it
    }
    assert joint.source_of(Recipe("subject", "fc")) == members[1].identity
    assert joint.source_of(next(iter(joint.recipes))) == joint.identity


def test_a_lens_of_one_network_gives_what_that_network_gives(
    joint: EnsembleEmbedder, members: list[NetworkEmbedder]
) -> None:
    subject = Recipe("subject", "fc")

    vectors = joint.describe(squares(2), [subject])[subject]

    assert vectors == pytest.approx(members[1].describe(squares(2), [subject])[subject], abs=1e-6)


def test_only_the_networks_that_are_needed_run_and_each_runs_once(
    joint: EnsembleEmbedder, members: list[NetworkEmbedder]
) -> None:
    first, second = passes(members[0]), passes(members[1])

    joint.describe(squares(2), [Recipe("texture", "statistics")])
    counted = [len(first), len(second)]
    joint.describe(squares(2), list(joint.recipes))

    assert counted == [1, 0]
    assert [len(first), len(second)] == [2, 1]


def test_a_picture_has_the_same_vectors_alone_and_beside_pictures_of_other_shapes(joint: EnsembleEmbedder) -> None:
    rng = np.random.default_rng(6)
    pictures = [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in ((64, 64), (48, 96), (64, 64))]

    together = joint.describe(pictures, list(joint.recipes))

    for recipe, rows in together.items():
        alone = np.concatenate([joint.describe([picture], [recipe])[recipe] for picture in pictures])
        assert np.abs(rows - alone).max() < 1e-5


def test_nothing_in_gives_nothing_out_and_an_unknown_recipe_is_refused(joint: EnsembleEmbedder) -> None:
    look = next(iter(joint.recipes))

    assert joint.describe([], [look])[look].shape == (0, joint.recipes[look])
    assert joint.describe(squares(1), []) == {}
    with pytest.raises(KeyError):
        joint.describe(squares(1), [Recipe("look", "gem-3")])


def test_both_networks_are_found_again_by_the_joint_identity(
    joint: EnsembleEmbedder, members: list[NetworkEmbedder], tmp_path: Path
) -> None:
    identity = joint.identity
    digests = ensemble.digests_of(identity.backbone, identity.weights_digest)

    found = [
        weights.by_identity(name, digest, is_trained=False, folder=tmp_path)
        for name, digest in zip(ensemble.names_of(identity.backbone), digests, strict=True)
    ]

    assert [network.digest for network in found] == [member.identity.weights_digest for member in members]
    assert len(identity.weights_digest) == 64


def test_another_network_another_order_or_other_weights_are_another_identity() -> None:
    one, other, third = (Identity(name, digit * 64, True) for name, digit in (("a", "1"), ("b", "2"), ("b", "3")))

    identities = {ensemble.identity_of(each) for each in ((one, other), (other, one), (one, third))}

    assert len(identities) == 3
    assert ensemble.identity_of([one]) == one


def test_a_trained_and_an_untrained_network_are_not_called_trained() -> None:
    trained, untrained = Identity("a", "1" * 64, True), Identity("b", "2" * 64, False)

    assert ensemble.identity_of([trained, trained]).is_trained
    assert not ensemble.identity_of([trained, untrained]).is_trained


def test_a_batch_is_as_large_as_the_smaller_of_both(members: list[NetworkEmbedder]) -> None:
    larger = NetworkEmbedder(weights.seeded(NAMES[1]), device="cpu", bf16=False, batch_size=9)

    assert EnsembleEmbedder([members[0], larger]).batch_size == 3
