from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("similarity", "0006_how_pairs_lie")]

    operations = [
        migrations.AddIndex(
            model_name="duplicatepair",
            index=models.Index(fields=["-decided_at", "-id"], condition=~Q(verdict="undecided"), name="decided_pairs"),
        ),
    ]
