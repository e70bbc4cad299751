"""Check arguments, network, weights, folder, home and port before `runlocal` starts anything."""

import argparse
import os
import socket
from pathlib import Path

from config import env, networks
from config.local import locks
from config.local.errors import LocalStackError
from config.local.handles import make_run_folder

ADDRESS = "127.0.0.1"

run_locks: list[int] = []  # descriptors, open until this process ends


def check(words: list[str]) -> None:
    """Check everything and lock the home for this run. Raise LocalStackError if something is wrong."""
    parser = argparse.ArgumentParser(add_help=False)
    add_arguments(parser)
    options, _ = parser.parse_known_args(words)
    settings = env.read()
    check_backbone(settings.backbone)
    check_weights(settings.weights)
    check_folder(options.collection)
    lock_home(settings.home, options.port)
    check_port(options.port)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8000, help="where the site is served (default: 8000)")
    parser.add_argument(
        "--collection", type=Path, metavar="DIR",
        help="a folder of pictures, with or without a metadata.csv, instead of the study collection",
    )  # fmt: skip


def port(word: str) -> int:
    """Return a port number. Raise LocalStackError if the word is not one."""
    number = int(word) if word.isascii() and word.isdigit() else 0
    if not 1 <= number <= 65535:
        raise LocalStackError(f"The port is {word!r}; it should be a number from 1 to 65535.")
    return number


def check_backbone(name: str) -> None:
    if problem := networks.problem_of(name):
        raise LocalStackError(problem)


def check_weights(path: Path | None) -> None:
    if path is not None and not path.is_file():
        raise LocalStackError(f"KINDRED_WEIGHTS is {path}, where there is no file; correct it or unset it.")


def check_folder(path: Path | None) -> None:
    if path is not None and not path.is_dir():
        raise LocalStackError(f"--collection is {path}, which is not a folder.")


def lock_home(home: Path, port: int) -> None:
    """Lock the home until this process ends, and write the address of the site into the lock file."""
    path = make_run_folder(home) / "runlocal.lock"
    fd = locks.try_hold(path)
    if fd is None:
        raise LocalStackError(f"Kindred already runs on {home} ({path.read_text()}); stop that run first, or use it.")
    os.ftruncate(fd, 0)
    os.write(fd, f"http://{ADDRESS}:{port}/".encode())
    run_locks.append(fd)


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server sets it
        try:
            probe.bind((ADDRESS, port))
        except PermissionError:
            raise LocalStackError(
                f"Port {port} is reserved for the system; choose another, as in: make demo PORT=8001"
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 8001
            raise LocalStackError(f"Port {port} is in use; choose another, as in: make demo PORT={other}") from None
