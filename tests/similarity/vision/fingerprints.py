"""Fingerprints of test pictures."""

import numpy as np
from PIL import Image

from similarity.vision.copies import fingerprint
from similarity.vision.copies.fingerprint import Fingerprint


def fingerprint_of(picture: Image.Image) -> Fingerprint:
    (found,) = fingerprint.of([np.asarray(picture.convert("RGB"))])
    return found
