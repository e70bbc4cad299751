"""Rename switches_itself to auto_activate and the state kept to previous; reword help texts."""

import django.contrib.postgres.fields
from django.db import migrations, models


def name_previous_spaces(apps, schema_editor):
    apps.get_model("similarity", "Space").objects.filter(state="kept").update(state="previous")


def name_kept_spaces(apps, schema_editor):
    apps.get_model("similarity", "Space").objects.filter(state="previous").update(state="kept")


class Migration(migrations.Migration):

    run_before = [("collection", "0006_jobs")]  # earlier migrations of this app name its table collection_step
    dependencies = [
        ('similarity', '0016_name_where_projections_are_packed'),
    ]

    operations = [
        migrations.RenameField("space", "switches_itself", "auto_activate"),
        migrations.RenameField("spacerequest", "switches_itself", "auto_activate"),
        migrations.AlterField(
            model_name='space',
            name='auto_activate',
            field=models.BooleanField(default=False, help_text='goes live automatically once it is complete'),
        ),
        migrations.AlterField(
            model_name='spacerequest',
            name='auto_activate',
            field=models.BooleanField(default=False, help_text='its spaces go live automatically once complete'),
        ),
        migrations.AddField(
            model_name='space',
            name='cleared_at',
            field=models.DateTimeField(blank=True, null=True, help_text='when a retired space lost its last vector'),
        ),
        migrations.RunPython(name_previous_spaces, name_kept_spaces),
        migrations.AlterField(
            model_name='duplicatepair',
            name='correlation',
            field=models.FloatField(default=0, help_text='Pearson correlation of the aligned thumbnails, -1 to 1'),
        ),
        migrations.AlterField(
            model_name='duplicatepair',
            name='hash_distance',
            field=models.PositiveSmallIntegerField(help_text='differing bits of 64; empty for a detail', null=True),
        ),
        migrations.AlterField(
            model_name='evaluation',
            name='dataset',
            field=models.CharField(help_text='name of the data set', max_length=80),
        ),
        migrations.AlterField(
            model_name='evaluationjob',
            name='attempts',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='since the last step that was measured'),
        ),
        migrations.AlterField(
            model_name='evaluationjob',
            name='moved_at',
            field=models.DateTimeField(blank=True, help_text='when a worker last began or finished a step', null=True),
        ),
        migrations.AlterField(
            model_name='evaluationjob',
            name='network',
            field=models.CharField(help_text='network of the live look when it was requested: name, digest', max_length=120),
        ),
        migrations.AlterField(
            model_name='evaluationjob',
            name='plan',
            field=models.JSONField(blank=True, help_text='the pictures to measure, sampled by the worker', null=True),
        ),
        migrations.AlterField(
            model_name='fingerprint',
            name='is_flat',
            field=models.BooleanField(help_text='blank: such pictures never match each other'),
        ),
        migrations.AlterField(
            model_name='space',
            name='calibrated_on',
            field=models.PositiveIntegerField(default=0, help_text='number of embeddings that the quantiles are for'),
        ),
        migrations.AlterField(
            model_name='space',
            name='fitted_on',
            field=models.PositiveIntegerField(default=0, help_text='number of pictures that its projection was fitted on'),
        ),
        migrations.AlterField(
            model_name='space',
            name='lens',
            field=models.CharField(help_text='look, subject, composition ...', max_length=20),
        ),
        migrations.AlterField(
            model_name='space',
            name='problem',
            field=models.TextField(blank=True, help_text='why it cannot be finished, fit to show'),
        ),
        migrations.AlterField(
            model_name='space',
            name='quantiles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), blank=True, default=list, help_text='distances of random pairs at 0, 0.1, ... 100 %; percentiles are read from them', size=None),
        ),
        migrations.AlterField(
            model_name='space',
            name='state',
            field=models.CharField(choices=[('fitting', 'Fitting'), ('building', 'Building'), ('live', 'Live'), ('previous', 'Previous'), ('retired', 'Retired')], default='building', max_length=8),
        ),
        migrations.AlterField(
            model_name='space',
            name='supervision',
            field=models.JSONField(blank=True, help_text="if learned from the museum's records: the field and the gain", null=True),
        ),
        migrations.AlterField(
            model_name='spacerequest',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, help_text='how often a worker began to load its network'),
        ),
        migrations.AlterField(
            model_name='spacerequest',
            name='pooling',
            field=models.CharField(blank=True, help_text='of the look; empty: its default', max_length=40),
        ),
        migrations.AlterField(
            model_name='spacerequest',
            name='supervised_by',
            field=models.CharField(blank=True, db_default='', default='', help_text='field of the records to learn from, if any', max_length=20),
        ),
        migrations.AlterField(
            model_name='spacerequest',
            name='weights_file',
            field=models.CharField(blank=True, help_text='name in the folder of weights; empty: shipped or fetched weights, else random ones of a fixed seed', max_length=255),
        ),
    ]
