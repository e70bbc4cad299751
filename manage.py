#!/usr/bin/env python
"""Kindred's command line: every command talks to the servers named in the environment, else to those under KINDRED_HOME."""

import sys

from config import env, local

# Commands that need no database, so none is started for them.
OFFLINE = {"help", "--help", "version", "--version", "check", "compilemessages", "collectstatic", "runlocal"}


def main() -> None:
    env.export(DJANGO_SETTINGS_MODULE="config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if env.read().uses_local_stack and command not in OFFLINE:
        local.attach()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
