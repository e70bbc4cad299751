"""Pins and bans of neighbours, and a log of them that the database keeps append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


APPEND_ONLY = """
CREATE FUNCTION curation_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The log of pins and bans is append-only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER curation_log_is_append_only BEFORE UPDATE OR DELETE ON similarity_curationlogentry
FOR EACH ROW EXECUTE FUNCTION curation_log_is_append_only();
"""
WRITABLE = """
DROP TRIGGER curation_log_is_append_only ON similarity_curationlogentry;
DROP FUNCTION curation_log_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0002_search_trigger'),
        ('similarity', '0009_shipped_projections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CurationLogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('pinned', 'Pinned'), ('banned', 'Banned'), ('unpinned', 'Pin withdrawn'), ('unbanned', 'Ban withdrawn')], max_length=8)),
                ('work_id', models.BigIntegerField()),
                ('work_name', models.TextField(help_text='title and accession number at the time')),
                ('neighbour_id', models.BigIntegerField()),
                ('neighbour_name', models.TextField(help_text='title and accession number at the time')),
                ('curator', models.CharField(help_text='user name at the time', max_length=150)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'entry in the log of pins and bans',
                'verbose_name_plural': 'log of pins and bans',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='CuratedNeighbour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pin', 'Belongs here'), ('ban', 'Does not belong here')], max_length=3)),
                ('decided_at', models.DateTimeField(auto_now_add=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('neighbour', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='collection.artwork')),
                ('work', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='curated_neighbours', to='collection.artwork')),
            ],
            options={
                'ordering': ('decided_at', 'pk'),
                'constraints': [models.UniqueConstraint(models.F('work'), models.F('neighbour'), name='one_statement_per_neighbour'), models.CheckConstraint(condition=models.Q(('work', models.F('neighbour')), _negated=True), name='no_work_neighbours_itself'), models.CheckConstraint(condition=models.Q(('kind__in', ['pin', 'ban'])), name='neighbour_is_pinned_or_banned')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, WRITABLE),
    ]
