"""Options and expected errors that the commands evaluate, evaluate_copies and evaluate_speed share."""

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path

from collection import imaging
from similarity.evaluation import measured_networks, trial_vectors
from similarity.measures import ground_truth
from similarity.vision.descriptors import projection
from similarity.vision.framing import frames
from similarity.vision.lenses import DEFAULT_LENS
from similarity.vision.networks import shipped, weights
from similarity.vision.networks.backbones import UnknownBackboneError
from similarity.vision.pixels import decoding

# Errors whose text can be shown to a person.
REFUSALS = (
    ground_truth.GroundTruthError,
    decoding.UnreadableError,
    imaging.Busy,
    weights.WeightsError,
    UnknownBackboneError,
    projection.ProjectionError,
    measured_networks.NothingToMeasureError,
    shipped.ShippedFileError,
)
VIEWS = {"frames": frames.views, "whole": trial_vectors.whole}


def add_arguments(parser: ArgumentParser, *, named_after: str = "the folder", lens: str = DEFAULT_LENS) -> None:
    parser.add_argument("--lens", default=lens, choices=measured_networks.names(), help="the lens to measure")
    parser.add_argument("--pooling", default="", help="another pooling than the default of the lens")
    parser.add_argument("--backbone", default="", help="another network than the site's, by torchvision's name")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="weights of that network")
    parser.add_argument(
        "--dataset", default="", help=f"name of the data set on the Models page (default: name of {named_after})"
    )
    parser.add_argument(
        "--save", action=BooleanOptionalAction, default=True, help="store the results for the Models page"
    )
    parser.add_argument("--json", action="store_true", dest="as_json")
