"""The secret key of a local stack: made at first use, kept in its home, readable by its owner alone."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key

from config.local_secrets import atomic_files

SHORTEST = 32  # characters, as config.env asks of KINDRED_SECRET_KEY


def kept_in(home: Path) -> str:
    """The key in home/secret-key, made there if there is none or half of one. Raises OSError where it can't be."""
    path = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True)
    key = read(path)
    if is_whole(key):
        return key
    with atomic_files.alone(path):
        key = read(path)  # another process may have been first
        if not is_whole(key):
            key = get_random_secret_key()
            atomic_files.keep(path, key)
    return key


def read(path: Path) -> str:
    return path.read_text(errors="replace").strip() if path.exists() else ""


def is_whole(key: str) -> bool:
    return len(key) >= SHORTEST
