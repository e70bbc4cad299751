"""Requests for spaces of other networks, and a network to answer them with."""

from collections.abc import Callable
from pathlib import Path

from similarity.embedding import network_requests
from similarity.models import SpaceRequest
from similarity.spaces import space_requests
from similarity.vision.contract import Embedder
from tests import fakes


def asked(lenses: tuple[str, ...] = ("look",), **fields: object) -> SpaceRequest:
    """Return a request that waits, for the fake network unless another is named."""
    wanted = SpaceRequest(**{"backbone": "fake", "lenses": list(lenses), **fields})
    space_requests.ask(wanted)
    return wanted


def embedders_with(*lenses: str, weights: str = "asked for") -> Callable[[str, str, Path | None], Embedder]:
    """Return a function that gives a fake network with these lenses, whatever network it is asked for."""
    embedder = fakes.FakeEmbedder(weights=weights, lenses=lenses or ("look",))
    return lambda lens, backbone, file: embedder


def failing(error: Exception) -> Callable[[str, str, Path | None], Embedder]:
    def offer(lens: str, backbone: str, file: Path | None) -> Embedder:
        raise error

    return offer


def answer_all(offer: Callable[[str, str, Path | None], Embedder]) -> int:
    """Answer requests as workers do, until none waits. Return how many were answered."""
    answered = 0
    while network_requests.run(offer):
        answered += 1
    return answered
