"""Set-up: makes the network's weights ready, says what Kindred runs on, and makes its space known."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from similarity import engine
from similarity.vision import weights
from similarity.vision.backbones import UnknownBackboneError


class Command(BaseCommand):
    help = "Resolves the network's weights: KINDRED_WEIGHTS, else torchvision's own, else a fixed seed."

    def handle(self, **_: Any) -> None:
        logging.getLogger("similarity").setLevel(logging.WARNING)  # what it would tell is said below
        try:
            if settings.KINDRED_WEIGHTS is None:
                self.fetch()
            space = engine.open_space()
        except (weights.WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        trained = "trained" if space.is_trained else "untrained"
        self.stdout.write(f"Descriptors: {space.backbone}, {trained} weights {space.weights_digest[:12]}.")

    def fetch(self) -> None:
        """Tries torchvision's own weights; without a network it goes on with a fixed seed, and says so."""
        try:
            weights.fetch(settings.KINDRED_BACKBONE, settings.KINDRED_HOME / "weights")
        except weights.WeightsError as error:
            self.stderr.write(f"{error}\nGoing on with untrained weights (a fixed seed).")
