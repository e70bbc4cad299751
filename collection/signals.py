"""What the collection tells the rooms above it, without knowing them."""

from django.dispatch import Signal

# Sent inside the transaction that adds pictures, with images: list[ArtworkImage] and priority, as in steps.
# Receivers note the work that those pictures need, and wake workers after the commit.
images_added = Signal()
