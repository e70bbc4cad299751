"""The command that fits what ships, with two small networks in place of those that ship."""

from pathlib import Path

import numpy as np
import pytest

from similarity.management.commands import fit_shipped
from similarity.vision.contract import Embedder, Recipe
from similarity.vision.descriptors import colour_histogram
from similarity.vision.networks import ensemble, weights
from similarity.vision.networks.embedder import NetworkEmbedder
from similarity.vision.networks.ensemble import EnsembleEmbedder
from similarity.vision.pixels import decoding
from tests import factories

LENSES = ("look", "match", "subject", "composition", "texture", "regions")


@pytest.fixture(scope="module")
def embedders() -> list[Embedder]:
    members = [
        NetworkEmbedder(weights.seeded(name), device="cpu", bf16=False)
        for name in ("squeezenet1_1", "mobilenet_v3_small")
    ]
    return [EnsembleEmbedder(members), *members, colour_histogram.ColourEmbedder()]


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    found = [folder / f"{seed}.jpg" for seed in range(10)]
    for seed, path in enumerate(found):
        path.write_bytes(factories.painted(seed))
    return found


@pytest.fixture(scope="module")
def raw(paths: list[Path], embedders: list[Embedder]) -> fit_shipped.Raw:
    return fit_shipped.describe_all(paths, embedders)


def test_every_lens_and_the_looks_of_each_network_are_described(raw: fit_shipped.Raw, embedders: list[Embedder]):
    names = {(embedder.identity.backbone, recipe.lens) for embedder, recipe in raw}

    assert names == {
        *(("squeezenet1_1+mobilenet_v3_small", lens) for lens in LENSES),
        ("squeezenet1_1", "look"),
        ("mobilenet_v3_small", "look"),
        ("lab", "colour"),
    }  # fmt: skip
    assert {len(rows) for rows in raw.values()} == {10}


def test_what_is_fitted_projects_the_vectors_of_that_network(
    raw: fit_shipped.Raw, embedders: list[Embedder], paths: list[Path]
):
    _, first, second, _ = embedders
    pixels = [decoding.read(path, first.canvases).canvas for path in paths]

    for embedder in (first, second):
        look = ensemble.default_look(embedder)
        fitted = fit_shipped.fit(look, raw[embedder, look])

        vectors = fitted.projection.apply(embedder.describe(pixels, [look])[look])
        assert vectors == pytest.approx(fitted.projection.apply(raw[embedder, look]), abs=1e-4)
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_reference_distribution_is_that_of_the_stored_vectors(raw: fit_shipped.Raw, embedders: list[Embedder]):
    joint = embedders[0]
    look = ensemble.default_look(joint)

    fitted = fit_shipped.fit(look, raw[joint, look])

    vectors = fitted.projection.apply(raw[joint, look])
    distances = (1 - vectors @ vectors.T)[np.triu_indices(10, k=1)]
    assert fitted.pictures == 10
    assert len(fitted.quantiles) == 1001
    assert (fitted.quantiles[0], fitted.quantiles[500], fitted.quantiles[-1]) == pytest.approx(
        (distances.min(), np.median(distances), distances.max()), abs=1e-5
    )


def test_colours_are_stored_as_they_are(raw: fit_shipped.Raw, embedders: list[Embedder]):
    fitted = fit_shipped.fit(colour_histogram.RECIPE, raw[embedders[3], colour_histogram.RECIPE])

    assert fitted.projection is None
    assert len(fitted.quantiles) == 1001


def test_match_and_regions_are_whitened_and_the_other_lenses_are_not(raw: fit_shipped.Raw, embedders: list[Embedder]):
    kinds = {
        recipe.lens: fit_shipped.fit(recipe, rows).projection.kind
        for (embedder, recipe), rows in raw.items()
        if embedder is embedders[0] and isinstance(recipe, Recipe)
    }

    others = dict.fromkeys(("look", "subject", "composition", "texture"), "root-pca")
    assert kinds == others | {"match": "whitened", "regions": "whitened"}
