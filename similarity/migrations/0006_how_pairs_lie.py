from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('similarity', '0005_space_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='duplicatepair',
            name='relation',
            field=models.CharField(blank=True, choices=[('', 'As it is'), ('mirrored', 'Mirrored'), ('detail', 'Upon a part of it')], db_default='', default='', max_length=10),
        ),
        migrations.AlterField(
            model_name='duplicatepair',
            name='hash_distance',
            field=models.PositiveSmallIntegerField(help_text='differing bits of 64; of a detail none', null=True),
        ),
    ]
