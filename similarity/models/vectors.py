"""Vectors of a space, its projection, and the raw vectors that the projection is fitted on."""

from django.db import models
from pgvector.django import HalfVectorField

from collection.models import ArtworkImage
from similarity.models.spaces import Space


class Embedding(models.Model):
    """A picture's vector in a space. Each space has a partial HNSW index on vector::halfvec(dimensions)."""

    image = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="embeddings")
    space = models.ForeignKey(Space, models.CASCADE, related_name="embeddings")
    vector = HalfVectorField()

    class Meta:
        constraints = [models.UniqueConstraint("space", "image", name="embedding_is_unique")]

    def __str__(self) -> str:
        return f"picture {self.image_id} in space {self.space_id}"


class Region(models.Model):
    """The vector of a region of a picture, in a space whose lens has several parts. The whole picture is an Embedding.

    A region is a window, or a work that hangs on a wall in the picture.

    Each such space has a partial HNSW index on vector::halfvec(dimensions).
    """

    pk = models.CompositePrimaryKey("space_id", "image_id", "part")
    space = models.ForeignKey(Space, models.CASCADE, related_name="+", db_index=False)  # the key starts with it
    image = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+")
    part = models.PositiveSmallIntegerField(help_text="1 to parts - 1: windows, row by row; parts: the work on a wall")
    vector = HalfVectorField()

    def __str__(self) -> str:
        return f"part {self.part} of picture {self.image_id} in space {self.space_id}"


class Projection(models.Model):
    """The projection of a space: stored vector = (raw - mean) @ matrix, scaled to length 1.

    It has its own table, because it takes about a megabyte and lists of spaces do not need it.
    """

    space = models.OneToOneField(Space, models.CASCADE, primary_key=True, related_name="stored_projection")
    packed = models.BinaryField(help_text="as similarity.vision.descriptors.projection packs it")

    def __str__(self) -> str:
        return f"projection of space {self.space_id}"


class Sample(models.Model):
    """A picture's raw vector, stored until the projection of its space is fitted."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="samples")
    image = models.ForeignKey(ArtworkImage, models.CASCADE, related_name="+")
    raw = models.BinaryField(help_text="float16, little-endian")

    class Meta:
        constraints = [models.UniqueConstraint("space", "image", name="sample_is_unique")]

    def __str__(self) -> str:
        return f"picture {self.image_id} for space {self.space_id}"
