"""The user who runs PostgreSQL: the current user, or a system user if that is root. PostgreSQL refuses root."""

import os
import pwd
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.local.errors import LocalStackError

NAME = "pgserver"


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def owns(self, path: Path) -> bool:
        return path.stat().st_uid == self.uid


def current() -> Account:
    return Account(os.geteuid(), os.getegid())


def for_server() -> Account | None:
    """Return the system user that PostgreSQL needs, or None if the current user is not root.

    Raise LocalStackError if the system user can be neither found nor created.
    """
    if os.geteuid() != 0:
        return None
    return find() or create()


def find() -> Account | None:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def create() -> Account:
    words = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    with suppress(FileNotFoundError):
        subprocess.run(words, check=False, capture_output=True)  # fails if another process has just created the user
    account = find()
    if account is None:
        raise LocalStackError(
            f"PostgreSQL refuses to run as root, and no system user {NAME} could be created; start as an ordinary user."
        )
    return account


def change_owner(path: Path, account: Account) -> None:
    os.chown(path, account.uid, account.gid)


def allow_traversal(path: Path, account: Account, ours: Path) -> list[str]:
    """Let the account pass through (not list) the folders above `path`. Raise LocalStackError if that is impossible.

    Return a line for the user about each changed folder outside of `ours`.
    """
    notes = []
    for folder in path.absolute().parents:
        status = folder.stat()
        if status.st_uid == account.uid or status.st_mode & stat.S_IXOTH:
            continue
        try:
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
        except OSError:
            raise LocalStackError(
                f"PostgreSQL, which does not run as root, cannot pass through {folder}; "
                "set KINDRED_HOME to a folder that it can reach."
            ) from None
        if not folder.is_relative_to(ours):
            notes.append(f"PostgreSQL does not run as root: {folder} now lets others pass through (chmod o+x).")
    return notes


def allow_programs(install: Path, account: Account) -> list[str]:
    """Let the account read PostgreSQL's programs, even if they were installed under a strict umask.

    Return a line for the user about each changed folder outside of the package.
    """
    notes = allow_traversal(install / "bin", account, install.parent)
    if not can_run([str(install / "bin" / "initdb"), "--version"], account):
        libraries = install.parent.with_name(f"{install.parent.name}.libs")  # where a wheel keeps its shared libraries
        for folder in (install, libraries):
            for path in [folder, *folder.rglob("*")]:
                allow_reading(path)
    return notes


def allow_reading(path: Path) -> None:
    if path.exists():
        mode = path.stat().st_mode
        path.chmod(stat.S_IMODE(mode) | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def can_run(words: list[str], account: Account) -> bool:
    try:
        done = subprocess.run(words, check=False, capture_output=True, user=account.uid, group=account.gid)
    except PermissionError:
        return False
    return done.returncode == 0
