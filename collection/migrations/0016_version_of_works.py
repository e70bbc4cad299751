"""Count the changes of works and collections, so that counts of works can be cached until the next change."""

from django.db import migrations

# A sequence is never locked, so writers do not wait for each other. A table owns it, so both have the same owner.
CREATE = """
CREATE SEQUENCE collection_works_version OWNED BY collection_searchindex.id;
CREATE FUNCTION works_have_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('collection_works_version');
    RETURN NULL;
END $$;
CREATE TRIGGER works_have_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON collection_artwork
FOR EACH STATEMENT EXECUTE FUNCTION works_have_changed();
CREATE TRIGGER collections_have_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON collection_collection
FOR EACH STATEMENT EXECUTE FUNCTION works_have_changed();
"""
DROP = """
DROP TRIGGER collections_have_changed ON collection_collection;
DROP TRIGGER works_have_changed ON collection_artwork;
DROP FUNCTION works_have_changed();
DROP SEQUENCE collection_works_version;
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0015_index_search_again")]
    operations = [migrations.RunSQL(CREATE, DROP)]
