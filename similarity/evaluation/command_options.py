"""What the measuring commands have in common: their options and what may stop them."""

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path

from similarity.evaluation import measured_networks, trial_vectors
from similarity.measures import ground_truth
from similarity.vision.descriptors import projection
from similarity.vision.framing import frames
from similarity.vision.lenses import DEFAULT_LENS
from similarity.vision.networks import shipped, weights
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.pixels import decoding

# Errors whose text is all that a person needs.
REFUSALS = (
    ground_truth.GroundTruthError,
    decoding.UnreadableError,
    weights.WeightsError,
    UnknownBackboneError,
    projection.ProjectionError,
    measured_networks.NothingToMeasureError,
    shipped.ShippedFileError,
)
VIEWS = {"frames": frames.views, "whole": trial_vectors.whole}


def add_arguments(parser: ArgumentParser, *, named_after: str = "the folder", lens: str = DEFAULT_LENS) -> None:
    parser.add_argument("--lens", default=lens, choices=measured_networks.names(), help="which view of pictures")
    parser.add_argument("--pooling", default="", help="another recipe of the lens than its default")
    parser.add_argument("--backbone", default="", help="another network than the site's, by torchvision's name")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="its weights")
    parser.add_argument("--dataset", default="", help=f"its name on the Models page; else that of {named_after}")
    parser.add_argument(
        "--save", action=BooleanOptionalAction, default=True, help="keep the results for the Models page"
    )
    parser.add_argument("--json", action="store_true", dest="as_json")
