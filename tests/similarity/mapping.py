"""Fake embedders that give feature maps, without a network."""

from collections.abc import Sequence

import numpy as np
import torch

from tests import fakes


class Mapper(fakes.FakeEmbedder):
    """Its maps have a cell for each 4 pixels: the colour, and the differences from earlier cells."""

    def __init__(self, *, lenses: Sequence[str] = ("look",), **options: object) -> None:
        super().__init__(lenses=lenses, **options)
        self.lenses = lenses
        self.mapped = 0  # pictures

    def maps(self, pixels: np.ndarray) -> torch.Tensor:
        self.mapped += len(pixels)
        cells = pixels[:, ::4, ::4].astype(np.float32)
        steps = [np.roll(cells, shift, axis) - cells for shift in (1, 2, 3) for axis in (1, 2)]
        return torch.from_numpy(np.moveaxis(np.concatenate([cells, *steps], axis=-1), -1, 1).copy())


class OneSizeMapper(Mapper):
    """It takes pictures of one size only, as vision transformers do, and its maps are coarse."""

    def maps(self, pixels: np.ndarray) -> torch.Tensor:
        assert pixels.shape[1] == self.side_px, "wrong size"
        return super().maps(pixels)[:, :, ::2, ::2]
