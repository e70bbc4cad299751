"""Signals for other apps, which this app does not import."""

from django.dispatch import Signal

# Sent inside the transaction that adds pictures, with images: list[ArtworkImage] and the priority of their jobs.
# Receivers add the jobs that those pictures need, and wake workers after the commit.
images_added = Signal()
