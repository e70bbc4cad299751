"""Index all works again for text search."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from collection.browsing.text import search_indexing


class Command(BaseCommand):
    help = "Index all works for text search, by the languages in KINDRED_SEARCH_LANGUAGES. The site can run meanwhile."

    def handle(self, **_: Any) -> None:
        languages = settings.KINDRED_SEARCH_LANGUAGES
        count = sum(search_indexing.index_again(languages))
        self.stdout.write(
            f"{count} work{'' if count == 1 else 's'} indexed by stems of: {', '.join(languages) or 'none'}."
        )
