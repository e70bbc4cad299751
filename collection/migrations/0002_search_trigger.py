"""Keeps Artwork.search: titles and makers weigh most; both plain words and English stems are indexed."""

from django.db import migrations

CREATE = """
CREATE FUNCTION artwork_search_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    makers text := array_to_string(NEW.creators, ' ');
    rest text := concat_ws(' ', NEW.date_display, NEW.medium, NEW.classification, NEW.department, NEW.culture);
BEGIN
    NEW.search :=
        setweight(to_tsvector('simple', concat_ws(' ', NEW.title, NEW.accession_number)), 'A')
        || setweight(to_tsvector('simple', makers), 'A')
        || setweight(to_tsvector('english', concat_ws(' ', NEW.title, NEW.accession_number, makers)), 'A')
        || setweight(to_tsvector('simple', rest), 'B')
        || setweight(to_tsvector('english', rest), 'B')
        || setweight(to_tsvector('english', concat_ws(' ', NEW.description, NEW.credit_line)), 'C');
    RETURN NEW;
END $$;
CREATE TRIGGER artwork_search_refresh BEFORE INSERT OR UPDATE ON collection_artwork
FOR EACH ROW EXECUTE FUNCTION artwork_search_refresh();
"""
DROP = "DROP TRIGGER artwork_search_refresh ON collection_artwork; DROP FUNCTION artwork_search_refresh();"


class Migration(migrations.Migration):
    dependencies = [("collection", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
