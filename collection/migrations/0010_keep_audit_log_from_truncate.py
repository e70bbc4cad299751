"""A trigger that keeps the audit log also from TRUNCATE, which fires no trigger of rows."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER audit_log_is_not_truncated BEFORE TRUNCATE ON collection_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
"""
ALLOW = "DROP TRIGGER audit_log_is_not_truncated ON collection_auditentry"


class Migration(migrations.Migration):
    dependencies = [("collection", "0009_merged_works")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
