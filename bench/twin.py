"""Train the twin network on one GPU, or on the CPU, with a bundle that `manage.py train_twin --pack-only` has made.

    python -m bench.twin BUNDLE --out DIR [--state DIR] [--each SECONDS] [--final SECONDS] [--losses A,B] [--steps N]

It needs torch, numpy, Pillow and safetensors, but no Django and no database. It compares the losses, trains further
with the best one, and writes weights and `results.json` to DIR. With the same --state and --steps it resumes a run.
"""

import argparse
import time
from pathlib import Path

import torch

from similarity.vision.twin import bundle, experiment
from similarity.vision.twin.losses import LOSSES


def main() -> None:
    options = parsed()
    begin = time.perf_counter()
    torch.backends.cudnn.benchmark = True
    results = experiment.run(
        bundle.read(options.bundle),
        experiment.Options(
            out=options.out,
            state=options.state or options.out / "state",
            losses=options.losses.split(","),
            seconds_each=options.each,
            seconds_final=options.final,
            steps=options.steps,
            pairs=options.pairs,
        ),
        lambda line: print(f"{time.perf_counter() - begin:6.1f} s  {line}", flush=True),
    )
    print(experiment.table(results))


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--state", type=Path, help="folder of checkpoints; default: in --out")
    parser.add_argument("--each", type=float, default=60)
    parser.add_argument("--final", type=float, default=120)
    parser.add_argument("--losses", default=",".join(LOSSES))
    parser.add_argument("--steps", type=int)
    parser.add_argument("--pairs", type=int, default=512)
    return parser.parse_args()


if __name__ == "__main__":
    main()
