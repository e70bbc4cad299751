"""Report errors to Sentry, without personal data. Imported only if KINDRED_SENTRY_DSN is set."""

from typing import Any

import sentry_sdk

from config.logs.log_lines import without_secrets

RELEASE = "kindred@0.1.0"  # as in pyproject.toml


def start(dsn: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        release=RELEASE,
        send_default_pii=False,
        include_local_variables=False,  # they may contain a password
        max_request_body_size="never",
        traces_sample_rate=0.0,
        before_send=clean,
        before_breadcrumb=clean,
    )


def clean(event: Any, hint: dict[str, Any]) -> Any:
    """Return the event without secrets, such as the token in an address."""
    if isinstance(event, str):
        return without_secrets(event)
    if isinstance(event, dict):
        return {name: clean(value, hint) for name, value in event.items()}
    return [clean(value, hint) for value in event] if isinstance(event, list) else event
