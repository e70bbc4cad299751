"""The log lines that code writes, in the form of the settings."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from config.logs import log_lines


class Written:
    def __init__(self, file: io.StringIO) -> None:
        self.file = file

    @property
    def text(self) -> str:
        return self.file.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"].startswith("request_")]


@contextmanager
def written(form: str = "json") -> Iterator[Written]:
    """Collect the lines of all loggers."""
    logging_config = log_lines.config(form)
    formatter = logging.config.DictConfigurator(logging_config).configure_formatter(
        logging_config["formatters"]["line"]
    )
    file = io.StringIO()
    handler = logging.StreamHandler(file)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    try:
        yield Written(file)
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.contextvars.clear_contextvars()  # as the end of a request does
