"""Load the networks that the settings name, open their spaces, and print them. Part of the set-up of a site."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity.embedding import embedders
from similarity.spaces import lifecycle, planning
from similarity.vision.networks import weights
from similarity.vision.networks.backbones import UnknownBackboneError


class Command(BaseCommand):
    help = "Loads the networks that the settings name and opens their spaces. Downloads nothing."

    def handle(self, **_: Any) -> None:
        logging.getLogger("similarity").setLevel(logging.WARNING)  # the command prints the rest itself
        try:
            embedders.open_spaces()
            for embedder in embedders.from_settings():
                planning.refuse_damaged(embedder)
            meant = embedders.configured().identity
        except (weights.WeightsError, UnknownBackboneError, lifecycle.SpaceError) as error:
            raise CommandError(str(error)) from None
        trained = "trained" if meant.is_trained else "untrained"
        self.stdout.write(f"Descriptors: {meant.backbone}, {trained} weights {meant.weights_digest[:12]}.")
        live = lifecycle.live()
        if live is not None and live.identity != meant:
            self.stdout.write(f"Live for now: {live}. See manage.py spaces.")
