"""Write a dump of a small installation, to test that this release's data survive the next one's migrations.

Run it in a checkout of the release whose data are wanted, with the folder of a new installation:

    export KINDRED_HOME=$(mktemp -d) DUMP=/path/to/NAME.sql.gz
    python manage.py migrate && python manage.py open_spaces
    python manage.py shell -v 0 < tests/upgrade/make_dump.py

It paints twelve works of the study collection, describes them with the shipped networks and adds what people do: two
verdicts, a pin, an upload with a refused file, a failed and a waiting job, a previous and a retired space. The packed
projections are left out: they are megabytes, and migrations do not read them.
"""

import datetime as dt
import gzip
import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from collection import study
from collection.importing import importer
from collection.jobs import derivative_jobs
from collection.models import Artwork, ArtworkImage, Collection, Job, Upload
from config.local import postgres
from similarity.duplicates import flagging
from similarity.duplicates.review import verdicts
from similarity.embedding import embedders, pipeline
from similarity.models import DuplicatePair, Embedding, Evaluation, EvaluationJob, Space, SpaceRequest, Verdict
from similarity.neighbours import curation

WORKS = 12

# The collection and its vectors.
collection = Collection.objects.create(slug="study", title="The Study Collection")
folder = settings.KINDRED_HOME / "study"
metadata = study.paint(folder, works=WORKS, progress=lambda *_: None)
target = importer.target_for(collection, publishes=True, is_rehearsal=False)
importer.run(folder, importer.entries_of(folder, metadata), target, lambda *_: None)
derivative_jobs.run()
while pipeline.run(embedders.embedders()):
    pass
while flagging.run():
    pass

# A previous and a retired space, and one that is being built.
live = Space.objects.get(lens="look", state="live")
made_of = {"lens": "look", "backbone": "resnet18", "weights_digest": "b" * 64, "is_trained": True, "dimensions": 8}
previous = Space.objects.create(**made_of, pooling="gem-3-squashed", state="previous", live_from=timezone.now())
Space.objects.create(**made_of, pooling="rmac-3", state="retired")
Space.objects.create(**made_of, pooling="mean-squashed", state="building", auto_activate=True)
for image in ArtworkImage.objects.all():
    Embedding.objects.create(space=previous, image=image, vector=[1, 0, 0, 0, 0, 0, 0, image.pk])

# What people do.
users = get_user_model().objects
curator = users.create_user("curator", password="a password for tests")
admin = users.create_superuser("admin", password="a password for tests")
collection.curators.add(curator)
images = list(ArtworkImage.objects.order_by("pk"))
made = {"correlation": 0.9, "suggested": Verdict.DUPLICATE}
pairs = [
    DuplicatePair.objects.get_or_create(low=low, high=high, defaults=made)[0]
    for low, high in [images[0:2], images[2:4], images[4:6]]
]
verdicts.decide(pairs[0].pk, Verdict.DUPLICATE, admin)
DuplicatePair.objects.filter(pk=pairs[0].pk).update(note="two scans of one sheet")
verdicts.decide(pairs[1].pk, Verdict.SIMILAR, admin)
first, second = Artwork.objects.order_by("pk")[:2]
curation.pin(first, second, curator)
upload = Upload.objects.create(collection=collection, uploaded_by=curator)
upload.files.create(name="good.jpg", image=images[0])
upload.files.create(name="bad.txt", refusal="bad.txt is not a picture.")
Job.objects.filter(image=images[0], key="derivatives").update(state="failed", reason="The file is damaged.", attempts=3)
Job.objects.filter(image=images[1], key=live.job_key).update(
    state="claimed", attempts=1, lease_until=timezone.now() + dt.timedelta(hours=1)
)
SpaceRequest.objects.create(backbone="resnet50", lenses=["look"], auto_activate=True, requested_by=admin)
Evaluation.objects.create(kind="speed", dataset="study", lens="look", backbone="vgg16", results={"pictures_per_s": 9.5})
EvaluationJob.objects.create(kind="speed", network="vgg16 0123456789ab", collection_size=WORKS, requested_by=admin)

database = settings.DATABASES["default"]
words = ["--inserts", "--no-owner", "--exclude-table-data=similarity_projection", database["NAME"]]
address = ["--host", database["HOST"], "--username", database["USER"]]
dumped = subprocess.run([postgres.programs() / "pg_dump", *address, *words], check=True, capture_output=True).stdout
lines = [line for line in dumped.splitlines(keepends=True) if not line.startswith(b"\\")]  # psql's own commands
Path(os.environ["DUMP"]).write_bytes(gzip.compress(b"".join(lines), mtime=0))
