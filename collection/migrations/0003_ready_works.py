"""Add `is_ready` to pictures and works: a picture is ready once its derivatives were made, a work once its first one is.

Triggers set both, whether a worker, an import or the admin writes. A picture stays ready while its derivatives are made
again, because the old files stay in place.
"""

from django.db import migrations, models
from django.db.models import F, Q

COLUMNS = (
    "title, accession_number, creators, date_display, medium, classification, department, culture, description, credit_line"
)
REFRESH = """
DROP TRIGGER artwork_search_refresh ON collection_artwork;
CREATE TRIGGER artwork_search_refresh BEFORE INSERT OR UPDATE{columns} ON collection_artwork
FOR EACH ROW EXECUTE FUNCTION artwork_search_refresh();
"""
# A change of is_ready alone changes no word that is searched for.
REFRESH_BY_WORDS = REFRESH.format(columns=f" OF {COLUMNS}")
REFRESH_ALWAYS = REFRESH.format(columns="")

CREATE = """
CREATE FUNCTION picture_is_ready() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE collection_artworkimage SET is_ready = true WHERE id = NEW.image_id AND NOT is_ready;
    RETURN NULL;
END $$;
CREATE TRIGGER picture_is_ready AFTER INSERT OR UPDATE OF state ON collection_step
FOR EACH ROW WHEN (NEW.key = 'derivatives' AND NEW.state = 'done') EXECUTE FUNCTION picture_is_ready();

CREATE FUNCTION work_is_ready() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One at a time for each work: of two, the second sees what the first has written.
    PERFORM FROM collection_artwork WHERE id IN (OLD.artwork_id, NEW.artwork_id) ORDER BY id FOR NO KEY UPDATE;
    UPDATE collection_artwork AS work SET is_ready = NOT work.is_ready
    WHERE work.id IN (OLD.artwork_id, NEW.artwork_id) AND work.is_ready <> coalesce(
        (SELECT image.is_ready FROM collection_artworkimage AS image
         WHERE image.artwork_id = work.id ORDER BY image.position LIMIT 1), false);
    RETURN NULL;
END $$;
CREATE TRIGGER work_is_ready AFTER INSERT OR DELETE OR UPDATE OF is_ready, position, artwork_id
ON collection_artworkimage FOR EACH ROW EXECUTE FUNCTION work_is_ready();
"""
DROP = """
DROP TRIGGER work_is_ready ON collection_artworkimage;
DROP TRIGGER picture_is_ready ON collection_step;
DROP FUNCTION work_is_ready();
DROP FUNCTION picture_is_ready();
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0002_search_trigger")]
    operations = [
        migrations.AddField(
            "artwork", "is_ready", models.BooleanField(db_default=False, default=False, editable=False, verbose_name="ready")
        ),
        migrations.AddField(
            "artworkimage", "is_ready", models.BooleanField(db_default=False, default=False, editable=False, verbose_name="ready")
        ),
        migrations.AddIndex(
            "artwork", models.Index(F("id").desc(), condition=Q(is_published=True, is_ready=True), name="artwork_shown")
        ),
        migrations.RunSQL(REFRESH_BY_WORDS, REFRESH_ALWAYS),
        migrations.RunSQL(CREATE, DROP),
    ]
