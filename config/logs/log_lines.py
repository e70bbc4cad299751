"""The format of log lines: JSON for programs, or text for people. Lines of other packages have the same format.

Both formats show the request, the user and the task of a line. Secrets are removed from every line.
"""

import re
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

Event = MutableMapping[str, Any]

SECRET_NAMES = re.compile(r"passw|secret|token|cookie|authorization|csrf|session|dsn|api_?key", re.I)
# In addresses: the token of a searched picture, the token of a password reset, and the login of a server.
SECRET_PARTS = (
    re.compile(r"(?<=/search/picture/)[\w-]+"),
    re.compile(r"(?<=/password/reset/key/)[^/\s\"']+"),
    re.compile(r"(?<=://)[^/@\s\"']+(?=@)"),
)
HIDDEN = "***"
STAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
# No values of variables, because they may be passwords.
TRACEBACK = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def without_secrets(text: str) -> str:
    """Return a text with its secret parts replaced."""
    for pattern in SECRET_PARTS:
        text = pattern.sub(HIDDEN, text)
    return text


def hide_secrets(logger: object, method: str, event: Event) -> Event:
    """Hide the values of fields whose names mean a secret, and remove the field that repeats the event."""
    event.pop("message", None)
    for name in event:
        if SECRET_NAMES.search(name):
            event[name] = HIDDEN
    return event


def clean_line(logger: object, method: str, line: str) -> str:
    return without_secrets(line)


def config(form: Literal["json", "text"]) -> dict[str, Any]:
    """Return Django's LOGGING."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        STAMP,
    ]
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        last += [TRACEBACK, hide_secrets, structlog.processors.JSONRenderer(default=str), clean_line]
    else:
        last += [structlog.processors.format_exc_info, hide_secrets, text_line, clean_line]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "foreign_pre_chain": shared,
                "processors": last,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": LEVELS,
        "root": {"handlers": ["console"], "level": "INFO"},
    }


# django-structlog writes one line for each request and each task. Lines of these loggers would repeat it.
LEVELS: dict[str, dict[str, Any]] = {
    **{name: {"level": "WARNING"} for name in ("pyvips", "httpx", "celery.worker.strategy")},
    **{name: {"level": "CRITICAL"} for name in ("django.request", "celery.app.trace")},
    "django": {"handlers": [], "level": "INFO", "propagate": True},
    "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
}


def configure() -> None:
    """Configure structlog to write its lines by the handlers of LOGGING."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            STAMP,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


FIRST = ("timestamp", "level", "logger", "event")


def text_line(logger: object, method: str, event: Event) -> str:
    """Return "time LEVEL logger: what happened name=value ...", with a traceback on lines of its own."""
    traceback = event.pop("exception", "")
    rest = " ".join(f"{name}={value}" for name, value in event.items() if name not in FIRST and value is not None)
    line = f"{event['timestamp'][:19]} {event['level'].upper()} {event['logger']}: {event['event']} {rest}".rstrip()
    return f"{line}\n{traceback}" if traceback else line
