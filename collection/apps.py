from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.translation import gettext_lazy as _


class CollectionConfig(AppConfig):
    name = "collection"
    verbose_name = _("Collection")

    def ready(self) -> None:
        from collection import imaging
        from collection.audit import audit_receivers
        from collection.browsing.text import search_indexing
        from collection.jobs import deletion_locks

        imaging.use_lock(settings.KINDRED_HOME / "decoder.lock")
        checks.register(search_indexing.check_languages, checks.Tags.database)
        deletion_locks.connect()
        audit_receivers.connect()
