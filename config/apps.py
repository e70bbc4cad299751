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
        hide_email_addresses()


def hide_email_addresses() -> None:
    """Remove allauth's page of addresses from the admin. The address that counts is in the row of the account."""
    from allauth.account import admin as _registers  # noqa: F401 - before the admin imports it
    from allauth.account.models import EmailAddress
    from django.contrib import admin

    admin.site.unregister(EmailAddress)
