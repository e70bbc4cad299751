"""The secret key of a local stack: made at first use, kept in its home, readable by its owner alone."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_in(home: Path) -> str:
    """The key in home/secret-key, made there if there is none. Raises OSError where home can't be written."""
    path = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    return path.read_text()
