"""The Celery application. Queues: search and embed (one solo worker per GPU), work (prefork workers)."""

from celery import Celery

app = Celery("kindred")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
