"""A site whose hidden objects carry words that nobody else may read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from collection.files import pyramids
from collection.models import (
    Appearance,
    Artwork,
    ArtworkImage,
    Collection,
    Upload,
    UploadedFile,
    WorkMerge,
    WorkRelation,
)
from similarity.duplicates.review.batches import pair_batches
from similarity.models import (
    DuplicateCase,
    DuplicatePair,
    Group,
    Overview,
    ReviewBatch,
    Space,
    SpaceRequest,
    Verdict,
)
from tests import factories, fakes
from tests.resilience.addresses import Samples
from tests.similarity.groups import built_overviews
from tests.similarity.placed_works import see

VISITOR, CURATOR, REVIEWER, ADMINISTRATOR = "visitor", "curator", "reviewer", "administrator"
ROLES = (VISITOR, CURATOR, REVIEWER, ADMINISTRATOR)

# Each secret word, and who may read it beside the administrator.
READERS: Mapping[str, set[str]] = {
    "zqdraft": set(),  # a work that is not published
    "zqunready": set(),  # a published work whose picture is not ready
    "zqclosed": set(),  # a work of a closed collection
    "zqreserve": {REVIEWER},  # the closed collection
    "zqpair": {REVIEWER},  # two works of the closed collection that may be duplicates
    "zqperson": {REVIEWER},  # the curator who decided a pair
    "zqfile": set(),  # the names of files, also of those that were refused
    "zqspace": set(),  # what is wrong with a space
    "zqrequest": set(),  # a network that was asked for
    "zqlook": set(),  # a draft of the museum's own look
}


@dataclass
class Site:
    users: dict[str, User | None]
    samples: dict[str, Sequence[object]] = field(default_factory=dict)

    def samples_for(self, role: str) -> Samples:
        """Return objects that are not the role's: for the curator no own collection, for the reviewer no batch."""
        theirs = {CURATOR: {"collection": ["open", "reserve"]}, REVIEWER: {"batch": []}}
        return {**self.samples, **theirs.get(role, {})}


def build() -> Site:
    """Make collections, works, pictures with files, vectors, pairs, uploads, spaces and a user for each role."""
    space = fakes.opened(fakes.FakeEmbedder())
    opened, reserve = factories.a_collection(slug="open"), closed_collection()
    works = [
        factories.a_work(opened, title="On view"),
        secret_work(opened, "zqdraft", is_published=False),
        secret_work(opened, "zqunready"),
        secret_work(reserve, "zqclosed"),
        *(secret_work(reserve, "zqpair") for _ in range(2)),
    ]
    images = [picture_of(work, space, number / 10) for number, work in enumerate(works)]
    decider = factories.a_user("zqperson", curates=opened)
    pairs = [pair_of(images[4], images[5], decider)]
    site = Site(users())
    site.samples = {
        "collection": ["open", "reserve"],
        "work": pks(works),
        "other work": pks(works[:2] + works[3:4]),
        "image": pks(images),
        "upload": pks([an_upload(opened, decider, images[1]), an_upload(reserve, decider, images[3])]),
        "pair": pks(pairs),
        "relation": pks([WorkRelation.objects.create(from_work=works[0], to_work=works[4], kind="detail_of")]),
        "merge": pks([a_merge(works[0], works[3], is_undone=True), a_merge(works[4], an_alias(works[4]))]),
        "case": [a_case(pairs).pk],
        "batch kind": list(pair_batches.KINDS),
        "batch": pks([a_batch(pairs, decider)]),
        "digest": [image.pixel_digest for image in images],
        "language": ["de"],
        "section": ["works"],
        "space": pks(spaces_with_problems(space)),
        "space request": pks([SpaceRequest.objects.create(backbone="zqrequest", lenses=["look"])]),
        "side": [480],
        "extension": ["webp", "jpg"],
        "region": ["full", "0,0,512,512"],
        "image size": ["max"],
        "rotation": ["0"],
        "quality": ["default"],
        "token": ["abcdefghijklmnopqrstuv"],
        "group": numbers_of_groups(),
        "overview": pks(Overview.objects.filter(state="live")),
        "sheet": [0],
        "content type": [ContentType.objects.get_for_model(Artwork).pk],
        "app": ["collection", "similarity", "auth"],
        "user": [decider.pk],
        "key": ["abc-0123456789abcdef"],
        "look": [Appearance.objects.create(name="Zqlook", home_text="zqlook").pk],
        **samples_of_models(),
    }
    return site


def pks(rows: Sequence[Model]) -> list[int]:
    return [row.pk for row in rows]


def closed_collection() -> Collection:
    return factories.a_collection(slug="reserve", title="Zqreserve", description="zqreserve", is_public=False)


def secret_work(collection: Collection, word: str, **fields: object) -> Artwork:
    """Make a work with the word in every text that a page could show."""
    number = next(factories.numbers)
    texts = dict.fromkeys(["medium", "dimensions", "classification", "department", "culture", "credit_line"], word)
    texts |= {"title": f"Quokka {word}", "description": f"quokka {word}", "creators": [f"Quokka {word}"]}
    return factories.a_work(collection, accession_number=f"{word}.{number}", **{**texts, **fields})


def picture_of(work: Artwork, space: Space, angle: float) -> ArtworkImage:
    word = work.accession_number.partition(".")[0]
    if word == "zqunready":
        image = factories.an_image(work, is_ready=False)
    else:
        image = factories.a_painted_image(work)
        pyramids.make(image)
    ArtworkImage.objects.filter(pk=image.pk).update(original_name=f"zqfile-{word}.jpg", view_label=word)
    see({"look": space}, image, angle)
    return image


def pair_of(low: ArtworkImage, high: ArtworkImage, decider: User) -> DuplicatePair:
    return DuplicatePair.objects.create(
        low=low, high=high, correlation=0.99, hash_distance=1, suggested=Verdict.DUPLICATE,
        verdict=Verdict.DUPLICATE, decided_by=decider, decided_at=timezone.now(),
    )  # fmt: skip


def an_alias(kept: Artwork) -> Artwork:
    alias = secret_work(kept.collection, "zqpair")
    Artwork.objects.filter(pk=alias.pk).update(merged_into=kept)
    return alias


def a_merge(kept: Artwork, merged: Artwork, *, is_undone: bool = False) -> WorkMerge:
    return WorkMerge.objects.create(
        kept=kept, merged=merged, kept_name=str(kept), merged_name=str(merged), merged_by="zqperson",
        kept_collection=kept.collection, merged_collection=merged.collection,
        undone_at=timezone.now() if is_undone else None,
    )  # fmt: skip


def a_case(pairs: Sequence[DuplicatePair]) -> DuplicateCase:
    case = DuplicateCase.objects.create()
    DuplicatePair.objects.filter(pk__in=pks(pairs)).update(case=case)
    return case


def a_batch(pairs: Sequence[DuplicatePair], decider: User) -> ReviewBatch:
    batch = ReviewBatch.objects.create(kind="same-file", decided_by=decider, decided_at=timezone.now(), size=1)
    DuplicatePair.objects.filter(pk__in=pks(pairs)).update(batch=batch)
    return batch


def an_upload(collection: Collection, user: User, image: ArtworkImage) -> Upload:
    upload = Upload.objects.create(collection=collection, uploaded_by=user)
    UploadedFile.objects.create(upload=upload, name="zqfile.jpg", image=image)
    UploadedFile.objects.create(upload=upload, name="zqfile.txt", refusal="This file zqfile is text.")
    return upload


def spaces_with_problems(space: Space) -> list[Space]:
    Space.objects.filter(pk=space.pk).update(problem="zqspace")
    return [space]


def numbers_of_groups() -> list[int]:
    """Build an overview of all works. Return the numbers of its groups, and one that no group has."""
    numbers = list(Group.objects.filter(overview=built_overviews.build()).values_list("number", flat=True))
    return [*numbers, max(numbers) + 1]


def users() -> dict[str, User | None]:
    own = factories.a_collection(slug="own")
    reviewer = factories.a_user("reviewer")
    reviewer.user_permissions.add(Permission.objects.get(codename="change_duplicatepair"))
    return {
        VISITOR: None,
        CURATOR: factories.a_user("curator", curates=own),
        REVIEWER: reviewer,
        ADMINISTRATOR: factories.a_user("admin", is_superuser=True),
    }


def samples_of_models() -> dict[str, list[int]]:
    """Return the rows of each model that the admin shows."""
    from django.contrib.admin.sites import site

    return {
        model._meta.label_lower: list(chain(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:3]))
        for model in site._registry
    }
