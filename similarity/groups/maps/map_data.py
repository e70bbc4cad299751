"""The data of the map, compressed, with its ETag.

A process caches the last one in each language for visitors who are not signed in. The names of groups have words.
"""

import gzip
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import caches
from django.utils.translation import get_language

from collection import permissions
from similarity.groups.maps import placed, points
from similarity.groups.maps.group_labels import Label
from similarity.models import Overview

GZIP_LEVEL = 6
KEPT = "map:{}"  # the key of the public data in a language, in the cache of this process
KEPT_S = 3600

packer = threading.Lock()  # after a change all visitors request the data at once, and one of them is enough to pack it


@dataclass(frozen=True)
class Compressed:
    content: bytes
    etag: str  # of the works in the content, which may have changed since the request began


def read(overview: Overview, user: permissions.User, labels: Sequence[Label], etag: str) -> Compressed:
    """Return the data that this person may see. `etag`: what `placed.etag` returned for this person just now."""
    if user.is_authenticated:
        return compressed(overview, user, labels)
    key = KEPT.format(get_language())
    with packer:
        kept: Compressed | None = caches["process"].get(key)
        if kept is None or kept.etag != etag:
            kept = compressed(overview, user, labels)
            caches["process"].set(key, kept, KEPT_S)
    return kept


def compressed(overview: Overview, user: permissions.User, labels: Sequence[Label]) -> Compressed:
    packed = points.pack(overview, placed.visible(overview, user), labels)
    etag = placed.etag_of(overview, labels, packed.fingerprint)
    return Compressed(gzip.compress(packed.content, GZIP_LEVEL, mtime=0), etag)
