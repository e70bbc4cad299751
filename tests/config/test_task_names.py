"""Tasks are sent by name. Each of these names is that of a task."""

import pytest

from collection.jobs import workers
from config.celery import app
from similarity.workers import task_names

NAMES = [value for name, value in vars(task_names).items() if name.isupper()]


@pytest.mark.parametrize("name", [workers.MAKE_DERIVATIVES, *NAMES])
def test_each_name_is_that_of_a_task(name: str):
    app.loader.import_default_modules()

    assert name in app.tasks
