"""Pairs that may show one thing: found among the nearest, weighed by evidence, decided by people.

A verdict belongs to the pair of pictures and outlives every re-run, threshold and model: flagging again changes the
evidence of a pair, never what was decided.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray
from pgvector.django import HammingDistance

from collection import permissions
from similarity import index
from similarity.models import DuplicatePair, Embedding, Fingerprint, Space, Verdict
from similarity.vision import fingerprint, registration
