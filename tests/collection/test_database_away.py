"""Jobs of files while the database is away."""

import dataclasses

import pytest
from django.db import OperationalError

from collection import ingest
from collection.jobs import derivative_jobs, file_jobs, job_queue
from collection.models import Job, JobState
from tests import factories


@pytest.mark.django_db
def test_a_job_whose_database_is_away_is_repeated_and_does_not_fail(media):
    image = factories.add_picture(factories.a_work(), ingest.NewPicture(factories.painted(3), "3.jpg"))
    work = dataclasses.replace(derivative_jobs.DERIVATIVES, make=without_database)

    with pytest.raises(OperationalError):
        file_jobs.run(work)

    assert Job.objects.get(image=image, key=job_queue.DERIVATIVES).state == JobState.CLAIMED  # until its lease ends


def without_database(*_: object) -> None:
    raise OperationalError
