from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "collection"

    def ready(self) -> None:
        from collection.audit import audit_receivers
        from collection.jobs import deletion_locks

        deletion_locks.connect()
        audit_receivers.connect()
