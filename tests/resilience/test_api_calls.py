"""Generated calls of the API: whatever the parameters, an answer is no 5xx and keeps to the document of the API."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from tests import factories
from tests.resilience import long_form
from tests.similarity.groups import built_overviews
from tests.similarity.placed_works import embedded_work

CALLS = 500 if long_form.IS_LONG else 25  # for each address and method
SEED = 11
ADDRESSES = 11
WITHOUT_PARAMETERS = {"/api/v1/lenses", "/api/v1/groups"}
# The document names the answers of success. 404, 422 and 429 are the API's own, with a sentence in "detail".
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]

PLAIN = {"Accept-Encoding": "identity"}  # Schemathesis does not decompress the answers of a WSGI application


@pytest.fixture
def schema(transactional_db: None, broker: Any) -> Any:
    from config.wsgi import application

    collection = factories.a_collection(slug="prints")
    for number in range(5):
        embedded_work(collection, number / 10)
    built_overviews.build()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_generated_call_fails_or_answers_outside_the_document(schema: Any, mode: GenerationMode) -> None:
    called: set[str] = set()

    for result in schema.get_all_operations():
        operation = result.ok()
        called.add(operation.label)
        if mode is GenerationMode.POSITIVE or operation.path not in WITHOUT_PARAMETERS:
            check(operation, mode)

    assert len(called) == ADDRESSES


def check(operation: Any, mode: GenerationMode) -> None:
    """Call one address with parameters that keep to the document or break it. Fail with the call that went wrong."""

    @hypothesis.seed(SEED)
    @settings(
        max_examples=CALLS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        case.validate_response(case.call(headers=PLAIN), checks=CHECKS)

    call()
