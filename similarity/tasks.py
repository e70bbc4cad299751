"""Celery tasks: each calls one function and is safe to run twice. Those that need torch import it when called."""

from celery import shared_task
from celery.signals import worker_ready

from similarity.workers import task_names

# Long enough to keep the network busy, short enough for a visitor's search that waits behind it.
BUDGET_S = 3.0
OVERVIEW_BUDGET_S = 30.0  # other CPU workers go on meanwhile


@shared_task
def embed_pending() -> None:
    from collection.jobs import workers
    from similarity.embedding import embedders, fair_share, twin_networks
    from similarity.spaces import lifecycle

    taken = fair_share.embed(embedders.embedders(), BUDGET_S, twin_networks.shipped())
    if taken and lifecycle.have_work():  # jobs that no worker can do now are left to the sweep
        workers.wake(task_names.EMBED)
    elif taken:
        workers.wake(task_names.SWEEP)  # a space that is complete now changes its state at once


@shared_task
def flag_pending() -> None:
    from similarity.duplicates import flagging
    from similarity.workers import stage_times

    flagging.run()
    stage_times.publish()


@shared_task
def rescore_pairs() -> None:
    from collection.jobs import workers
    from similarity.duplicates import rescoring

    if rescoring.run():
        workers.wake(task_names.RESCORE)


@shared_task
def plan_requests() -> None:
    """Load one network at each call, so that a visitor's search waits for at most one."""
    from collection.jobs import workers
    from similarity.embedding import embedders, network_requests

    if network_requests.run(embedders.for_new_space):
        workers.wake(task_names.EMBED)
        workers.wake(task_names.PLAN_REQUESTS)


@shared_task
def learn_from_records() -> None:
    from collection.jobs import workers
    from similarity.learning import learning_requests

    if learning_requests.run():
        workers.wake(task_names.SWEEP)
        workers.wake(task_names.LEARN)


@shared_task
def fit_projection() -> None:
    from collection.jobs import workers
    from similarity.spaces import fitting

    if fitting.run():
        workers.wake(task_names.SWEEP)


@shared_task
def make_indexes() -> None:
    from collection.jobs import workers
    from similarity.spaces import indexing

    if indexing.run():
        workers.wake(task_names.SWEEP)


@shared_task
def build_overview() -> None:
    """Run stages of an overview, or let new works join the live one. Queue the task again behind waiting tasks."""
    from collection.jobs import workers
    from similarity.groups.building import joining, overview_stages

    if overview_stages.run_for(OVERVIEW_BUDGET_S) or joining.run():
        workers.wake(task_names.BUILD_OVERVIEW)


@shared_task
def measure_when_idle() -> None:
    """Evaluate networks and lenses for the Models page. Queue the task again, behind all waiting tasks."""
    from collection.jobs import workers
    from similarity.embedding import embedders
    from similarity.evaluation.jobs import running

    if running.run(embedders.embedder_of, budget_s=BUDGET_S):
        workers.wake(task_names.MEASURE)


@shared_task
def answer_next() -> None:
    """Answer what visitors wait for. Pictures that wait get their share of the time in between."""
    from similarity.embedding import embedders, fair_share, twin_networks
    from similarity.explain import next_question

    with fair_share.searching() as turn:
        turn.is_of_crowd = next_question.answer(embedders.embedder_of)
    fair_share.embed_owed(embedders.embedders(), twin_networks.shipped())


# Messages of the release before, which may still wait after an upgrade.
@shared_task
def embed_picture(token: str) -> None:
    from similarity.embedding import embedders
    from similarity.image_query import answering

    answering.answer(token, embedders.embedder_of)


@shared_task
def explain_pair(low: int, high: int, space_id: int) -> None:
    from similarity.embedding import embedders
    from similarity.explain import region_comparison

    region_comparison.answer(low, high, space_id, embedders.embedder_of)


@shared_task
def sweep() -> None:
    """Wake workers for jobs whose message was lost or whose worker died, and move spaces to their next state."""
    from similarity import sweeping

    sweeping.sweep()


@shared_task
def repair() -> None:
    """Add jobs that a crash between two writes may have left out."""
    from similarity import sweeping

    sweeping.repair_all()


@worker_ready.connect
def load_network(sender: object, **_: object) -> None:
    """Open the spaces of the settings' network when an embedding worker starts, before its first picture."""
    if "embed" in sender.app.amqp.queues.consume_from:  # type: ignore[attr-defined]
        from similarity.embedding import embedders

        embedders.open_spaces()
        embed_pending.apply()
