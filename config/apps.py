"""The Django app of the configuration. It loads Celery with Django, so programs without Django load no Celery."""

from django.apps import AppConfig
from django.core import checks

from config.celery import app as celery_app

__all__ = ["KindredConfig", "celery_app"]


class KindredConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.accounts import account_receivers  # imported here, as they read the settings
        from config.checks import check_backbone
        from config.logs import request_log

        checks.register(check_backbone)
        account_receivers.connect()
        request_log.connect()
