"""Let workers make the AVIF copies of all pictures again, because there is one for phones now (decision 45)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("collection", "0024_names_in_the_admin")]

    operations = [migrations.RunSQL("DELETE FROM collection_job WHERE key = 'avif'", migrations.RunSQL.noop)]
