"""The operations manual says how to run the site with a role that cannot empty the audit log."""

import re
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from collection.audit import recording
from collection.audit.recording import Verb
from tests import factories, truncation

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "operations.md"


@pytest.fixture
def role_of_the_site() -> None:
    """Run the manual's statements, then act as that role until the transaction of the test is rolled back."""
    (statements,) = re.findall(r"```sql\n(.*?CREATE ROLE.*?)```", MANUAL.read_text(), re.DOTALL)
    truncation.refuse()
    with connection.cursor() as cursor:
        cursor.execute(statements)
        cursor.execute("SET LOCAL ROLE kindred_site")


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE collection_auditentry",
        "DELETE FROM collection_auditentry",
        "DROP TRIGGER audit_log_is_not_truncated ON collection_auditentry",
        "ALTER TABLE collection_auditentry DISABLE TRIGGER ALL",
        "DROP TABLE collection_auditentry",
        "DROP FUNCTION audit_log_is_append_only() CASCADE",
    ],
)
def test_that_role_cannot_empty_the_audit_log(role_of_the_site, statement: str):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(statement)


def test_that_role_can_do_what_the_site_does(role_of_the_site):
    work = factories.a_work()
    recording.record(Verb.CHANGED, work)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX of_a_space ON similarity_embedding (image_id) WHERE space_id = 1")
        cursor.execute("SELECT count(*) FROM shared_cache")

    work.delete()
