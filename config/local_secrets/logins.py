"""The logins of a local run: a curator and an administrator. Their passwords are stored in the home."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model

from collection.models import Collection
from config.local_secrets import atomic_files

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without characters that look alike
LENGTH = 10
NAMES = ("curator", "admin")


@dataclass(frozen=True)
class Login:
    name: str
    password: str  # empty if somebody has changed it

    def __str__(self) -> str:
        return f"{self.name} / {self.password or 'the password that you gave it'}"


def ensure(home: Path, collection: Collection) -> list[Login]:
    """Create both users if missing, and make the curator one of `collection`. Return them with known passwords."""
    passwords = kept_in(home / "logins.json")
    return [ensure_one(name, passwords[name], collection) for name in NAMES]


def ensure_one(name: str, password: str, collection: Collection) -> Login:
    user, is_new = get_user_model().objects.get_or_create(username=name)
    if is_new:
        user.is_staff = user.is_superuser = name == "admin"
        user.email = f"{name}@kindred.example"  # where links to reset the password go: the log of the web process
        user.set_password(password)
        user.save()
    if name == "curator":
        collection.curators.add(user)
    return Login(name, password if is_new or user.check_password(password) else "")


def kept_in(path: Path) -> dict[str, str]:
    """Return the passwords by name. Create them at the first call, and again if the file was damaged."""
    passwords = read(path)
    if passwords is None:
        passwords = {name: "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for name in NAMES}
        atomic_files.keep(path, json.dumps(passwords))
    return passwords


def read(path: Path) -> dict[str, str] | None:
    """Read the passwords. None if there is no file with a password for each name."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    is_whole = isinstance(found, dict) and all(found.get(name) and isinstance(found[name], str) for name in NAMES)
    return found if is_whole else None
