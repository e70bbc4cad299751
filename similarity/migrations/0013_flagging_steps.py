"""Pictures that were flagged while they were described have that step done, so that an upgrade flags none anew."""

from django.db import migrations

NOTE_DONE = """
    INSERT INTO collection_step (image_id, key, state, priority, attempts, reason, changed_at)
    SELECT step.image_id, 'flag', 'done', step.priority, 0, '', now() FROM collection_step AS step
    WHERE step.state = 'done' AND step.key = (
        SELECT 'embed:' || space.id FROM similarity_space AS space
        WHERE space.state = 'live' AND space.lens IN ('match', 'look') ORDER BY space.lens = 'match' DESC LIMIT 1
    )
    ON CONFLICT DO NOTHING
"""
FORGET = "DELETE FROM collection_step WHERE key = 'flag'"


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0002_search_trigger"),
        ("similarity", "0012_supervised_spaces"),
    ]
    operations = [migrations.RunSQL(NOTE_DONE, FORGET)]
