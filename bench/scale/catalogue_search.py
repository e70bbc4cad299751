"""Time public pages with a synthetic collection: `python -m bench.scale.catalogue_search 30000 [HOME]`.

With HOME, a folder for the database, works are kept there: a second run with the same folder measures at once.
Works have words, makers and values with frequencies as in a catalogue (Zipf). The page is requested through Django's
test client in this process, as a visitor who is not signed in. Times are p50 and p95 in milliseconds.
"""

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.temporary_site import served

if TYPE_CHECKING:
    from django.test import Client

FILL = """
INSERT INTO collection_artwork (collection_id, accession_number, title, creators, date_display, year_start, year_end,
    medium, dimensions, classification, department, culture, credit_line, rights_uri, source_url, description,
    is_published, is_ready, created_at)
SELECT (SELECT min(id) FROM collection_collection) + (n %% 3), (1900 + n %% 120) || '.' || n,
    initcap(w(n, 1, 4000) || ' ' || w(n, 2, 4000) || ' ' || w(n, 3, 400)),
    CASE WHEN n %% 7 = 0 THEN '{{}}'::varchar[] ELSE ARRAY[initcap(w(n, 4, 3000) || ' ' || w(n, 5, 300))] END,
    'c. ' || y, y, y + n %% 20, w(n, 6, 30) || ' on ' || w(n, 7, 20), '', initcap(w(n, 8, 25)), initcap(w(n, 9, 12)),
    initcap(w(n, 10, 60)), 'Gift', CASE WHEN n %% 3 = 0 THEN '' ELSE 'http://rightsstatements.org/vocab/InC/1.0/' END,
    '', 'A ' || w(n, 11, 4000) || ' with ' || w(n, 12, 4000), true, true, now()
FROM (SELECT n, 1400 + (hashint4(n) & 511) AS y FROM generate_series({start}, {end}) AS n) AS rows
"""
WORDS = """
CREATE TABLE bench_word (id int PRIMARY KEY, word text);
INSERT INTO bench_word SELECT n, (SELECT string_agg(substr('bdfgklmnprstvz', 1 + (hashint4(n * 31 + i) & 1023) % 14, 1)
    || substr('aeiou', 1 + (hashint4(n * 17 + i) & 1023) % 5, 1), '') FROM generate_series(1, 2 + n % 3) AS i)
FROM generate_series(0, 4000) AS n;
-- The word of a place in a record: the n-th most frequent of `most` words with a probability of about 1 / n.
CREATE FUNCTION w(n int, place int, most int) RETURNS text LANGUAGE sql STABLE RETURN (SELECT word FROM bench_word
    WHERE id = floor(most ^ ((hashint4(n * 13 + place) & 65535) / 65536.0))::int - 1);
"""
BATCH = 50_000
ROUNDS = 12


def fill(count: int) -> None:
    from django.db import connection

    from collection.models import Collection

    for number in range(3):
        Collection.objects.create(slug=f"c{number}", title=f"Collection {number}")
    with connection.cursor() as cursor:
        cursor.execute(WORDS)
        for start in range(0, count, BATCH):
            cursor.execute(FILL.format(start=start + 1, end=min(start + BATCH, count)).replace("%%", "%"))
            print(f"{min(start + BATCH, count):,} works", file=sys.stderr)
        cursor.execute("VACUUM ANALYZE")


def addresses() -> dict[str, list[str]]:
    """Return the requests of each kind, with values that works have."""
    from collection.models import Artwork

    pick = random.Random(1)
    count = Artwork.objects.order_by("-pk").values_list("pk", flat=True)[0]
    works = list(Artwork.objects.filter(pk__in=[pick.randint(1, count) for _ in range(ROUNDS)]))
    words = [work.title.split()[0].lower() for work in works]
    return {
        "browse": ["/browse/"] * ROUNDS,
        "frequent classification": [f"/browse/?classification={work.classification}" for work in works],
        "culture": [f"/browse/?culture={work.culture}" for work in works],
        "maker": [f"/browse/?creator={work.creators[0] if work.creators else ''}" for work in works],
        "century": [f"/browse/?century={century}" for century in (15, 16, 17, 18, 19) * 2],
        "text": [f"/browse/?q={word}" for word in words],
        "text, 3 letters": [f"/browse/?q={word[:3]}" for word in words],
        "text and classification": [
            f"/browse/?q={words[n]}&classification={works[n].classification}" for n in range(len(works))
        ],
        "typing error": [f"/browse/?q={work.title.split()[1].lower()[:-2]}xq" for work in works],
        "number": [f"/browse/?q={work.accession_number}" for work in works],
        "suggestions": [f"/browse/suggestions/?q={word[:length]}" for word in words for length in (2, 3, 4)],
        "beginnings of numbers": [
            f"/browse/suggestions/?q={number}" for number in ("19", "20", "195", "1950.", "1950.1")
        ],
        "next page": ["/browse/?after=20000&order=newest"] * ROUNDS,
        "home": ["/"] * ROUNDS,
        "work": [f"/works/{work.pk}/" for work in works],
    }


def measure() -> None:
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    for kind, urls in addresses().items():
        client.get(urls[0])
        times_ms = sorted((timed_ms(client, url), url) for url in urls)
        (p50, _), (p95, slow) = times_ms[len(times_ms) // 2], times_ms[int(len(times_ms) * 0.95)]
        caches["process"].clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(slow)
        each_ms = ", ".join(f"{float(query['time']) * 1000:.0f}" for query in queries.captured_queries)
        print(f"{kind:24} p50 {p50:6.0f}  p95 {p95:6.0f}  {len(queries)} queries of {each_ms} ms")


def timed_ms(client: "Client", url: str) -> float:
    start_s = time.perf_counter()
    answer = client.get(url)
    assert answer.status_code == 200, url
    return (time.perf_counter() - start_s) * 1000


def main() -> None:
    count, kept = int(sys.argv[1]), sys.argv[2:3]
    with tempfile.TemporaryDirectory(prefix="kindred-finding-") as temporary, served(Path(*kept or [temporary])):
        from collection.models import Artwork

        if not Artwork.objects.exists():
            fill(count)
        measure()


if __name__ == "__main__":
    main()
