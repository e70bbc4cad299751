"""A projection that ships for the fake network, fitted on other pictures than the collection's."""

from pathlib import Path

import numpy as np

from similarity.index import percentiles
from similarity.spaces import fitting
from similarity.vision.networks import shipped
from similarity.vision.networks.shipped import Fitted
from similarity.vision.pixels import decoding
from tests import factories, fakes

PICTURES = 24
FIRST_SEED = 1_000  # far from those of the collection


def ship(embedder: fakes.FakeEmbedder, folder: Path, lens: str = "look") -> Fitted:
    """Write the projection and the reference distribution of a lens as `fit_shipped` would; return what was fitted."""
    files = [factories.painted(FIRST_SEED + seed) for seed in range(PICTURES)]
    pixels = [decoding.read(file, embedder.canvases).canvas for file in files]
    recipe = next(recipe for recipe in embedder.recipes if recipe.lens == lens)
    raw = embedder.describe(pixels, [recipe])[recipe]
    fitted = fitting.fit_projection(recipe, raw)
    quantiles = percentiles.measure(fitted.apply(raw), "cosine")
    path = folder / "projections" / shipped.file_name(recipe, embedder.identity.weights_digest)
    shipped.write(path, Fitted(fitted, quantiles, len(raw)))
    found = shipped.fitted(recipe, embedder.identity.weights_digest)
    assert found is not None
    assert np.isfinite(found.quantiles).all()
    return found
