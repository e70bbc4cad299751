"""Add the state of the files of each picture, the orphan files, a note on uploaded files, and an index of digests."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collection', '0006_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='FileCheck',
            fields=[
                ('image', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='file_check', serialize=False, to='collection.artworkimage')),
                ('checked_at', models.DateTimeField(help_text='when the last check began; empty before the first', null=True)),
                ('original', models.CharField(choices=[('whole', 'Whole'), ('damaged', 'Damaged'), ('missing', 'Missing'), ('waiting', 'being prepared')], default='whole', max_length=8)),
                ('derivatives', models.CharField(choices=[('whole', 'Whole'), ('damaged', 'Damaged'), ('missing', 'Missing'), ('waiting', 'being prepared')], default='waiting', max_length=8)),
                ('problem', models.TextField(blank=True, help_text='what is damaged or missing, fit to show')),
            ],
        ),
        migrations.CreateModel(
            name='Orphan',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('found_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='uploadedfile',
            name='note',
            field=models.TextField(blank=True, db_default='', help_text='what else this file did, such as a repair'),
        ),
        migrations.AddIndex(
            model_name='artworkimage',
            index=models.Index(fields=['sha256'], name='picture_file'),
        ),
        migrations.AddIndex(
            model_name='filecheck',
            index=models.Index(models.OrderBy(models.F('checked_at'), nulls_first=True), name='file_check_due'),
        ),
        migrations.AddIndex(
            model_name='filecheck',
            index=models.Index(models.F('original'), models.F('derivatives'), condition=models.Q(('problem', ''), _negated=True), name='file_check_problems'),
        ),
    ]
