from django.apps import AppConfig
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _


class SimilarityConfig(AppConfig):
    name = "similarity"
    verbose_name = _("Similarity")

    def ready(self) -> None:
        from similarity import converters, receivers

        register_converter(converters.SearchToken, "search_token")
        receivers.connect()
