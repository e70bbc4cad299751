"""A trigger that keeps the history of merges also from TRUNCATE, which fires no trigger of rows."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER merges_are_not_truncated BEFORE TRUNCATE ON collection_workmerge
FOR EACH STATEMENT EXECUTE FUNCTION merges_are_kept();
"""
ALLOW = "DROP TRIGGER merges_are_not_truncated ON collection_workmerge"


class Migration(migrations.Migration):
    dependencies = [("collection", "0011_tiny_pictures")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
