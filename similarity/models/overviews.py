"""Overviews of all works: the graph of neighbours, groups and positions on the map, all computed from one space."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from collection.models import Artwork
from similarity.models.spaces import Space


class OverviewState(models.TextChoices):
    BUILDING = "building"
    LIVE = "live"
    PREVIOUS = "previous"  # was live until the last switch; old addresses of groups are looked up in it
    FAILED = "failed"


class Overview(models.Model):
    """One version of the groups, the map and the graph of neighbours. It is built beside the live one and replaces it.

    A live overview only grows: works that are added later join it. The other works stay where they are.
    """

    space = models.ForeignKey(Space, models.CASCADE, related_name="overviews")
    state = models.CharField(max_length=8, choices=OverviewState, default=OverviewState.BUILDING)
    stage = models.CharField(max_length=16, blank=True, default="", help_text="the last stage that was completed")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="at the current stage")
    problem = models.TextField(blank=True, default="", help_text="why it failed, fit to show")
    size = models.PositiveIntegerField(default=0, help_text="works when it was built")
    joined = models.PositiveIntegerField(default=0, help_text="works that were added since")
    last_embedding = models.BigIntegerField(default=0, help_text="embeddings with a greater id were not considered yet")
    seconds = models.JSONField(default=dict, help_text="duration of each stage")
    started_at = models.DateTimeField(auto_now_add=True)
    live_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("state", condition=Q(state="live"), name="one_live_overview"),
            models.UniqueConstraint("state", condition=Q(state="building"), name="one_overview_is_built"),
        ]

    def __str__(self) -> str:
        return f"overview {self.pk} of space {self.space_id} ({self.state}, {self.stage or 'begun'})"


class Group(models.Model):
    """A group of works that look alike, in one overview. Groups of the first level contain those of the second.

    A group keeps its number in the next overview if most of its works are in it, so that its address and name last.
    """

    overview = models.ForeignKey(Overview, models.CASCADE, related_name="groups")
    number = models.PositiveIntegerField(help_text="in the address; the same in each overview that has this group")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    size = models.PositiveIntegerField(help_text="works when the overview was built, published or not")
    typical = ArrayField(models.BigIntegerField(), default=list, help_text="ids of its most typical works, best first")
    facts = models.JSONField(default=list, help_text="values that its public records have more often than others")
    near = ArrayField(models.PositiveIntegerField(), default=list, help_text="numbers of the nearest groups")
    x = models.FloatField(null=True, help_text="of its label on the map, 0 to 1")
    y = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("overview", "number", name="group_number_is_unique")]

    def __str__(self) -> str:
        return f"group {self.number} of overview {self.overview_id}"


class GroupName(models.Model):
    """The name that a curator gave to the group with this number, and whether the public sees the group."""

    number = models.PositiveIntegerField(primary_key=True)
    name = models.CharField(max_length=120, blank=True)
    is_hidden = models.BooleanField(default=False)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name or f"group {self.number}"


class Placement(models.Model):
    """One work in an overview: its nearest works, its group and its position on the map."""

    overview = models.ForeignKey(Overview, models.CASCADE, related_name="placements", db_index=False)
    work = models.ForeignKey(Artwork, models.CASCADE, related_name="placements")
    neighbours = models.BinaryField(help_text="ids of the nearest works, nearest first: int64, little-endian")
    distances = models.BinaryField(help_text="their distances in the metric of the space: float32, little-endian")
    outlier_score = models.FloatField(null=True, help_text="mean distance to its nearest works; larger is stranger")
    kind_scores = models.JSONField(
        default=dict, db_default={},
        help_text="by field of the record: the same among works with its value there, and the nearest of these",
    )  # fmt: skip
    group = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="+", help_text="of the first level")
    subgroup = models.ForeignKey(Group, models.SET_NULL, null=True, related_name="+", help_text="of the second level")
    typicality = models.FloatField(null=True, help_text="how near it is to the centre of its subgroup, 0 to 1")
    x = models.FloatField(null=True, help_text="on the map, 0 to 1")
    y = models.FloatField(null=True)
    has_joined = models.BooleanField(default=False, help_text="added after the overview was built")

    class Meta:
        constraints = [models.UniqueConstraint("overview", "work", name="work_is_placed_once")]
        indexes = [models.Index(fields=["overview", "-outlier_score"], name="placement_strangest")]

    def __str__(self) -> str:
        return f"work {self.work_id} in overview {self.overview_id}"


class MapSheet(models.Model):
    """A picture of many small tiles, one for each of up to 4,096 works that are near each other on the map.

    The file is in `similarity.groups.building.sheet_files`. Works that were not public when it was painted have no
    tile. Works may be withdrawn later, so the file is not served as it is.
    """

    overview = models.ForeignKey(Overview, models.CASCADE, related_name="sheets", db_index=False)
    number = models.PositiveIntegerField(help_text="from 0, by place on the map")
    tile_px = models.PositiveSmallIntegerField(help_text="side of a tile")
    work_ids = ArrayField(models.BigIntegerField(), help_text="by tile, row by row")
    image_ids = ArrayField(models.BigIntegerField(), help_text="of the same tiles; 0 where there was no picture")
    tones = models.BinaryField(help_text="4 bytes for each tile: mean colour in sRGB, and the ratio of its sides")

    class Meta:
        constraints = [models.UniqueConstraint("overview", "number", name="sheet_number_is_unique")]

    def __str__(self) -> str:
        return f"sheet {self.number} of overview {self.overview_id}"
