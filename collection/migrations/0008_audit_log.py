"""The audit log, which a trigger keeps append-only, and the table of the cache that all processes share."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.serializers.json
from django.db import migrations, models

# The one change that is allowed: the client of an entry is forgotten after 90 days (collection.audit.forgetting).
APPEND_ONLY = """
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.client = '' AND OLD.at < now() - interval '90 days'
       AND to_jsonb(NEW) - 'client' = to_jsonb(OLD) - 'client' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON collection_auditentry
FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
"""
WRITABLE = """
DROP TRIGGER audit_log_is_append_only ON collection_auditentry;
DROP FUNCTION audit_log_is_append_only();
"""
# As createcachetable makes it, but unlogged: a crash of the database may empty a cache.
CACHE = """
CREATE UNLOGGED TABLE shared_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""
NO_CACHE = "DROP TABLE shared_cache"


class Migration(migrations.Migration):
    dependencies = [("collection", "0007_file_checks")]
    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('user_id', models.BigIntegerField(null=True)),
                ('user_name', models.CharField(blank=True, help_text='at the time; empty for visitors', max_length=150)),
                ('client', models.CharField(blank=True, help_text='address or IPv6 network', max_length=64)),
                ('verb', models.CharField(max_length=32)),
                ('kind', models.CharField(blank=True, help_text='of the object: work, picture ...', max_length=32)),
                ('object_id', models.BigIntegerField(null=True)),
                ('label', models.CharField(blank=True, help_text='of the object at the time', max_length=500)),
                ('detail', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('request_id', models.CharField(blank=True, max_length=36)),
            ],
            options={
                'verbose_name_plural': 'audit entries',
                'ordering': ('-at', '-pk'),
                'indexes': [models.Index(models.F('at'), models.F('id'), name='audit_at'), models.Index(models.F('user_name'), models.F('at'), models.F('id'), name='audit_user'), models.Index(models.F('verb'), models.F('at'), models.F('id'), name='audit_verb'), models.Index(models.F('kind'), models.F('object_id'), models.F('at'), models.F('id'), name='audit_object'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('label', config='simple'), name='audit_label')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, WRITABLE),
        migrations.RunSQL(CACHE, NO_CACHE),
    ]
