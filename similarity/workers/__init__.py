"""Names of Celery tasks, times of stages, and short-lived values in Redis."""
