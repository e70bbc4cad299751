#!/usr/bin/env python
"""Kindred's command line. Commands use the servers that the environment names, else those of KINDRED_HOME."""

import sys

from config import env, local
from config.local import preflight

# Commands that need no database, so none is started for them.
OFFLINE = {"help", "--help", "version", "--version", "check", "compilemessages", "collectstatic"}


def main() -> None:
    env.export(DJANGO_SETTINGS_MODULE="config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if not is_offline(command):
        if command == "runlocal":
            preflight.check(sys.argv[2:])
        if env.read().uses_local_stack:
            local.attach()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def is_offline(command: str) -> bool:
    return command in OFFLINE or bool({"--help", "-h"}.intersection(sys.argv))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
