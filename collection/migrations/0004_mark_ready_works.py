"""Mark the pictures whose derivatives were made before 0003. A trigger of 0003 marks the works that they lead.

A migration of its own, because the new columns of 0003 lock the tables until that one ends.
"""

from django.db import migrations

MARK = """
UPDATE collection_artworkimage AS image SET is_ready = true
FROM collection_step AS step
WHERE step.image_id = image.id AND step.key = 'derivatives' AND step.state = 'done' AND NOT image.is_ready
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0003_ready_works")]
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
