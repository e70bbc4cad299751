"""The logins of a local run: a curator and an administrator; their passwords are kept in the home."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model

from collection.models import Collection

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
LENGTH = 10
NAMES = ("curator", "admin")


@dataclass(frozen=True)
class Login:
    name: str
    password: str  # empty where somebody has changed it since

    def __str__(self) -> str:
        return f"{self.name} / {self.password or 'the password that you gave it'}"


def ensure(home: Path, collection: Collection) -> list[Login]:
    """Both users exist afterwards; the curator looks after `collection`. Known passwords are returned."""
    passwords = kept_in(home / "logins.json")
    return [ensure_one(name, passwords[name], collection) for name in NAMES]


def ensure_one(name: str, password: str, collection: Collection) -> Login:
    user, is_new = get_user_model().objects.get_or_create(username=name)
    if is_new:
        user.is_staff = user.is_superuser = name == "admin"
        user.set_password(password)
        user.save()
    if name == "curator":
        collection.curators.add(user)
    return Login(name, password if is_new or user.check_password(password) else "")


def kept_in(path: Path) -> dict[str, str]:
    """The passwords by name, made at the first call."""
    if not path.exists():
        made = {name: "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for name in NAMES}
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
    return dict(json.loads(path.read_text()))
