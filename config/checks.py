"""Kindred's checks for `manage.py check`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from config import networks


def check_backbone(app_configs: Sequence[Any] | None = None, **_: Any) -> list[checks.CheckMessage]:
    problem = networks.problem_of(settings.KINDRED_BACKBONE)
    return [checks.Error(problem, id="kindred.E001")] if problem else []
