import pytest
import torch

from tests.similarity.vision import small


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    return small.made()
