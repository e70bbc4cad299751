"""Merged works: an alias points to the work that it was merged into. The history of merges, which is never deleted.

Relations between works.
"""

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

KEEP = """
CREATE FUNCTION merges_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of merges is never deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER merges_are_kept BEFORE DELETE ON collection_workmerge
FOR EACH ROW EXECUTE FUNCTION merges_are_kept();
"""
FORGET = "DROP TRIGGER merges_are_kept ON collection_workmerge; DROP FUNCTION merges_are_kept();"


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0008_audit_log'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept_name', models.TextField(help_text='title and accession number at the time')),
                ('merged_name', models.TextField(help_text='title and accession number at the time')),
                ('merged_at', models.DateTimeField(auto_now_add=True)),
                ('merged_by', models.CharField(help_text='user name at the time', max_length=150)),
                ('note', models.TextField(blank=True)),
                ('evidence', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='why the two seemed to be one work')),
                ('taken', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('views', models.JSONField(default=list, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, help_text='user name at the time', max_length=150)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='WorkRelation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('detail_of', 'Detail of'), ('edition_or_copy_of', 'Edition or copy of'), ('same_object', 'Same object as')], max_length=20)),
                ('related_by', models.CharField(help_text='user name at the time', max_length=150)),
                ('related_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddField(
            model_name='artwork',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='aliases', to='collection.artwork'),
        ),
        migrations.AddIndex(
            model_name='artwork',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='artwork_aliases'),
        ),
        migrations.AddIndex(
            model_name='artwork',
            index=models.Index(django.db.models.functions.text.Upper('accession_number'), condition=models.Q(('merged_into__isnull', False)), name='alias_number'),
        ),
        migrations.AddConstraint(
            model_name='artwork',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='no_work_is_its_own_alias'),
        ),
        migrations.AddField(
            model_name='workmerge',
            name='kept',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merges_into', to='collection.artwork'),
        ),
        migrations.AddField(
            model_name='workmerge',
            name='kept_collection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='collection.collection'),
        ),
        migrations.AddField(
            model_name='workmerge',
            name='merged',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merges_away', to='collection.artwork'),
        ),
        migrations.AddField(
            model_name='workmerge',
            name='merged_collection',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='collection.collection'),
        ),
        migrations.AddField(
            model_name='workrelation',
            name='from_work',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations_from', to='collection.artwork'),
        ),
        migrations.AddField(
            model_name='workrelation',
            name='to_work',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations_to', to='collection.artwork'),
        ),
        migrations.AddConstraint(
            model_name='workmerge',
            constraint=models.UniqueConstraint(models.F('merged'), condition=models.Q(('undone_at', None)), name='one_open_merge_per_work'),
        ),
        migrations.AddConstraint(
            model_name='workmerge',
            constraint=models.CheckConstraint(condition=models.Q(('kept', models.F('merged')), _negated=True), name='no_merge_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='workrelation',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('from_work', 'to_work'), django.db.models.functions.comparison.Greatest('from_work', 'to_work'), name='one_relation'),
        ),
        migrations.AddConstraint(
            model_name='workrelation',
            constraint=models.CheckConstraint(condition=models.Q(('from_work', models.F('to_work')), _negated=True), name='no_relation_to_itself'),
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
