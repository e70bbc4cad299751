"""The real descriptors that a large collection is grown from."""

import numpy as np
import pytest

from bench.scale import real_descriptors
from tests import pictures


def test_pictures_and_their_quarters_become_projected_vectors(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed in range(4):
        pictures.landscape(seed).save(folder / f"{seed}.png")

    vectors, source = real_descriptors.described(tmp_path, folder, "mobilenet_v2", None)

    assert len(vectors) == 20
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert source == "4 pictures with their quarters, mobilenet_v2 from mobilenet_v2.pth, mean-1280-96"
