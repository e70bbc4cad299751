"""What may be lost lies in Redis, beside Celery's queues: searched pictures, explanations, the stages' sums."""

from django.conf import settings
from redis import Redis


def connect() -> Redis:
    """Raises RedisError when first asked, not here."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=5)
