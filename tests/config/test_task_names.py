"""Tasks are sent by name. Each of these names is that of a task."""

import pytest

from collection.jobs import workers
from config.celery import app
from similarity.workers import task_names

NAMES = [value for name, value in vars(task_names).items() if name.isupper()]


COLLECTION_NAMES = [workers.MAKE_DERIVATIVES, workers.MAKE_PYRAMIDS, workers.QUEUE_RESIZED]


@pytest.mark.parametrize("name", [*COLLECTION_NAMES, *NAMES])
def test_each_name_is_that_of_a_task(name: str):
    app.loader.import_default_modules()

    assert name in app.tasks


def test_the_queues_of_the_embedding_worker_hold_only_what_needs_its_networks():
    """A fit of minutes there would keep every visitor's search waiting."""
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in NAMES}

    on_embedding_worker = {name.rpartition(".")[2] for name, queue in queues.items() if queue in ("search", "embed")}
    assert on_embedding_worker == {
        "answer_next",
        "embed_pending",
        "plan_requests",
        "measure_when_idle",
    }


@pytest.mark.parametrize("entry", app.conf.beat_schedule.values(), ids=list(app.conf.beat_schedule))
def test_each_scheduled_name_is_that_of_a_task(entry):
    app.loader.import_default_modules()

    assert entry["task"] in app.tasks
