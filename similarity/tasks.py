"""Doorbells of this room: no logic inside, safe to run twice. Those that need torch import it when called."""

from celery import shared_task
from celery.signals import worker_ready

from similarity import task_names

# Long enough to keep the network busy, short enough that a visitor's search is not kept waiting.
BUDGET_S = 3.0


@shared_task
def embed_pending() -> None:
    from collection import bell
    from similarity import engine, pipeline, spaces, stages

    taken = pipeline.run(engine.embedders(), budget_s=BUDGET_S)
    stages.publish()
    if taken and spaces.have_work():  # what nobody here can serve is left to the sweep
        bell.ring(task_names.EMBED)
    elif taken:
        bell.ring(task_names.SWEEP)  # what is complete now goes on at once


@shared_task
def flag_pending() -> None:
    from similarity import flagging, stages

    flagging.run()
    stages.publish()


@shared_task
def plan_requests() -> None:
    """One network is loaded at a ring, so that a visitor's search waits for no more than that."""
    from collection import bell
    from similarity import engine, network_requests

    if network_requests.run(engine.offering):
        bell.ring(task_names.EMBED)
        bell.ring(task_names.PLAN_REQUESTS)


@shared_task
def learn_from_records() -> None:
    from collection import bell
    from similarity import learning_requests

    if learning_requests.run():
        bell.ring(task_names.SWEEP)
        bell.ring(task_names.LEARN)


@shared_task
def fit_projection() -> None:
    from collection import bell
    from similarity import fitting

    if fitting.run():
        bell.ring(task_names.SWEEP)


@shared_task
def make_indexes() -> None:
    from collection import bell
    from similarity import indexing

    if indexing.run():
        bell.ring(task_names.SWEEP)


@shared_task
def measure_when_idle() -> None:
    """Evaluate networks and lenses for the Models page. Rings for itself again, behind whatever waits by then."""
    from collection import bell
    from similarity import engine
    from similarity.evaluation_jobs import running

    if running.run(engine.embedder_of, budget_s=BUDGET_S):
        bell.ring(task_names.MEASURE)


@shared_task
def embed_picture(token: str) -> None:
    from similarity import engine, search_answering

    search_answering.answer(token, engine.embedder_of)


@shared_task
def explain_pair(low: int, high: int, space_id: int) -> None:
    from similarity import engine, why_answering

    why_answering.answer(low, high, space_id, engine.embedder_of)


@shared_task
def sweep() -> None:
    """Rings again for what a lost message or a dead worker left behind; keeps the spaces in order."""
    from similarity import sweeping

    sweeping.sweep()


@shared_task
def repair() -> None:
    """Notes again what a crash between two writes may have left out."""
    from similarity import sweeping

    sweeping.repair()


@worker_ready.connect
def load_network(sender: object, **_: object) -> None:
    """The worker that embeds loads its network at the start, and makes its spaces known, before the first picture."""
    if "embed" in sender.app.amqp.queues.consume_from:  # type: ignore[attr-defined]
        from similarity import engine

        engine.open_spaces()
        embed_pending.apply()
