"""The secret key of a local stack: created at first use, stored in its home, readable only by the owner."""

from pathlib import Path

from django.core.management.utils import get_random_secret_key

from config.local_secrets import atomic_files

SHORTEST = 32  # characters, as config.env requires of KINDRED_SECRET_KEY


def kept_in(home: Path) -> str:
    """Return the key in home/secret-key. Create it if it is missing or incomplete. Raise OSError if that fails."""
    path = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True)
    key = read(path)
    if is_whole(key):
        return key
    with atomic_files.alone(path):
        key = read(path)  # another process may have created it before the lock was taken
        if not is_whole(key):
            key = get_random_secret_key()
            atomic_files.keep(path, key)
    return key


def read(path: Path) -> str:
    return path.read_text(errors="replace").strip() if path.exists() else ""


def is_whole(key: str) -> bool:
    return len(key) >= SHORTEST
