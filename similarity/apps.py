from django.apps import AppConfig
from django.urls import register_converter


class SimilarityConfig(AppConfig):
    name = "similarity"

    def ready(self) -> None:
        from similarity import converters, receivers

        register_converter(converters.SearchToken, "search_token")
        receivers.connect()
