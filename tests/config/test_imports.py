"""A web process loads neither torch nor OpenCV. Each test starts a new interpreter."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

START_WEB = """
import sys
import config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns  # imports every view
heavy = {"cv2", "torch", "torchvision"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)


def test_the_web_starts_without_torch():
    done = run(START_WEB)

    assert done.returncode == 0, done.stderr


def test_imaging_and_the_parts_of_vision_that_the_web_uses_load_no_django():
    done = run(
        "import sys, collection.imaging, similarity.vision.pixels.decoding, similarity.vision.copies.fingerprint;"
        "sys.exit('django' in sys.modules)"
    )

    assert done.returncode == 0
