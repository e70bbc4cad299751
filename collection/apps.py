from django.apps import AppConfig


class CollectionConfig(AppConfig):
    name = "collection"

    def ready(self) -> None:
        from collection.jobs import deletion_locks

        deletion_locks.connect()
