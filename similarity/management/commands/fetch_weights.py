"""Set-up: makes the network's weights ready, says what Kindred runs on, and makes its spaces known."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from similarity import engine, spaces, weights_files
from similarity.vision import weights
from similarity.vision.backbones import UnknownBackboneError


class Command(BaseCommand):
    help = "Resolves the network's weights: KINDRED_WEIGHTS, else torchvision's own, else a fixed seed."

    def handle(self, **_: Any) -> None:
        logging.getLogger("similarity").setLevel(logging.WARNING)  # what it would tell is said below
        try:
            if settings.KINDRED_WEIGHTS is None:
                self.fetch()
            engine.open_spaces()
            meant = engine.configured().identity
        except (weights.WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        trained = "trained" if meant.is_trained else "untrained"
        self.stdout.write(f"Descriptors: {meant.backbone}, {trained} weights {meant.weights_digest[:12]}.")
        live = spaces.live()
        if live is not None and live.identity != meant:
            self.stdout.write(f"Live for now: {live}. See manage.py spaces.")

    def fetch(self) -> None:
        """Tries torchvision's own weights; without a network it goes on with a fixed seed, and says so."""
        try:
            weights.fetch(settings.KINDRED_BACKBONE, weights_files.folder())
        except weights.WeightsError as error:
            self.stderr.write(f"{error}\nGoing on with untrained weights (a fixed seed).")
