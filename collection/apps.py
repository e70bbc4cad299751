from django.apps import AppConfig
from django.conf import settings


class CollectionConfig(AppConfig):
    name = "collection"

    def ready(self) -> None:
        from collection import imaging
        from collection.audit import audit_receivers
        from collection.jobs import deletion_locks

        imaging.use_lock(settings.KINDRED_HOME / "decoder.lock")
        deletion_locks.connect()
        audit_receivers.connect()
