"""Celery's app is known as soon as Django is, and not before: what runs without Django starts without Celery."""

from django.apps import AppConfig

from config.celery import app as celery_app

__all__ = ["KindredConfig", "celery_app"]


class KindredConfig(AppConfig):
    name = "config"
