"""Download torchvision's own weights of a network, to build spaces with it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from similarity.spaces import weights_files
from similarity.vision.networks import weights
from similarity.vision.networks.backbones import UnknownBackboneError


class Command(BaseCommand):
    help = (
        "Downloads torchvision's own weights of a network and checks their hash. No live space changes. Build spaces"
        " with them by manage.py spaces build, then compare and activate these."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backbone", nargs="?", default="vgg16", help="a supported network")

    def handle(self, *, backbone: str, **_: Any) -> None:
        try:
            path = weights.fetch(backbone, weights_files.folder())
        except (weights.WeightsError, UnknownBackboneError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"The weights of {backbone} are in {path}. To use them:\n"
            f"  manage.py spaces build --lens subject --backbone {backbone} --weights {path}"
        )
