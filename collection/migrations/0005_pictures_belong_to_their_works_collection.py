"""Tie a picture's collection to that of its work by a foreign key on both columns. To move a work moves its pictures.

Django has no foreign keys of two columns. The constraint is checked at the end of the transaction, as Django's are.
"""

from django.db import migrations

CREATE = """
DO $$
DECLARE twice bigint;
BEGIN
    SELECT image.id INTO twice FROM collection_artworkimage AS image
    JOIN collection_artwork AS work ON work.id = image.artwork_id AND work.collection_id <> image.collection_id
    JOIN collection_artworkimage AS other ON other.collection_id = work.collection_id AND other.sha256 = image.sha256
    LIMIT 1;
    IF twice IS NOT NULL THEN
        RAISE EXCEPTION 'Picture % is in another collection than its work, which has the same file. Delete it first.', twice;
    END IF;
END $$;
UPDATE collection_artworkimage AS image SET collection_id = work.collection_id
FROM collection_artwork AS work WHERE work.id = image.artwork_id AND work.collection_id <> image.collection_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE collection_artwork ADD CONSTRAINT work_and_collection UNIQUE (id, collection_id);
ALTER TABLE collection_artworkimage ADD CONSTRAINT picture_is_in_the_collection_of_its_work
    FOREIGN KEY (artwork_id, collection_id) REFERENCES collection_artwork (id, collection_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
DROP = """
ALTER TABLE collection_artworkimage DROP CONSTRAINT picture_is_in_the_collection_of_its_work;
ALTER TABLE collection_artwork DROP CONSTRAINT work_and_collection;
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0004_mark_ready_works")]
    operations = [migrations.RunSQL(CREATE, DROP)]
