"""Celery's app is known as soon as Django is, and not before: what runs without Django starts without Celery."""

from django.apps import AppConfig
from django.core import checks

from config.celery import app as celery_app

__all__ = ["KindredConfig", "celery_app"]


class KindredConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.checks import check_backbone  # it reads the settings

        checks.register(check_backbone)
