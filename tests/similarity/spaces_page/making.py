"""Spaces in any state, as rows without vectors."""

from similarity.models import Space, SpaceState


def a_space(state: SpaceState, **fields: object) -> Space:
    defaults = {
        "lens": "look", "backbone": "fake", "weights_digest": "another", "is_trained": True, "pooling": "cells",
        "dimensions": 8,
    }  # fmt: skip
    return Space.objects.create(state=state, **{**defaults, **fields})
