import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('similarity', '0004_strange_quantiles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SpaceRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('backbone', models.CharField(max_length=40)),
                ('weights_file', models.CharField(blank=True, help_text='in the folder of weights; without one: fetched ones, else a fixed seed', max_length=255)),
                ('lenses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('pooling', models.CharField(blank=True, help_text='of the look; its default without one', max_length=40)),
                ('metric', models.CharField(choices=[('cosine', 'Cosine'), ('l2', 'L2'), ('inner_product', 'Inner Product')], default='cosine', max_length=16)),
                ('switches_itself', models.BooleanField(default=False, help_text='its spaces go live by themselves once complete')),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='of workers that began to load its network')),
                ('problem', models.TextField(blank=True, help_text='why it was refused, fit to show')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('lenses__len__gt', 0)), name='request_names_a_lens'),
                    models.UniqueConstraint(models.F('backbone'), models.F('weights_file'), models.F('lenses'), models.F('pooling'), models.F('metric'), condition=models.Q(('problem', '')), name='one_such_request_waits'),
                ],
            },
        ),
    ]
