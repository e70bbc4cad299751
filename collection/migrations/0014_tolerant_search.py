"""Index works for a tolerant text search: without accents, in several languages, with the words of the collection.

SQL functions normalise text when it is written, by forms, imports or hand-written SQL alike.
collection.browsing.text.folding does the same for queries.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# Functions refer to others by BEGIN ATOMIC or RETURN, so they also work while a dump is restored.
FUNCTIONS = r"""
-- Lower case, compatible forms, and only words: all other characters become spaces. Marks of direction vanish, and so do
-- accents without a letter. Digits of Arabic and Persian become those of ASCII.
CREATE FUNCTION kindred_clean(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    regexp_replace(
        regexp_replace(
            regexp_replace(
                translate(lower(normalize($1, NFKC) COLLATE pg_c_utf8), '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789'),
                '[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]', '', 'g'
            ) COLLATE pg_c_utf8,
            '[^[:alnum:]\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0eff]+', ' ', 'g'
        ),
        '(^| )([\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+ ?)+', '\1', 'g'
    );

-- Without accents: the letters of clean text with their marks removed, except the breve of a Cyrillic i.
CREATE FUNCTION kindred_unmark(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    normalize(
        regexp_replace(
            replace(replace(replace(replace(
                translate(normalize($1, NFKD), 'øłđðħıŧŋςƒ', 'olddhitnσf'),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
            '(?<!и)[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]', '', 'g'
        ), NFC
    );

CREATE FUNCTION kindred_fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    btrim(kindred_unmark(kindred_clean($1)));

-- An accession number without its punctuation, as people type it.
CREATE FUNCTION kindred_number(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    replace(kindred_fold($1), ' ', '');

CREATE FUNCTION kindred_vector(text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN
    to_tsvector('pg_catalog.simple', kindred_fold($1));

-- Stems of all languages. A word is stemmed with its accents, which are removed from the stem.
CREATE FUNCTION kindred_stems(languages text[], words text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    language text;
    found tsvector := '';
BEGIN
    FOREACH language IN ARRAY languages LOOP
        -- A stem of accents alone would be left empty.
        found := found || regexp_replace(
            public.kindred_unmark(to_tsvector(language::regconfig, public.kindred_clean(words))::text),
            $empty$(^| )''(:[0-9A-D,]+)?$empty$, '', 'g'
        )::tsvector;
    END LOOP;
    RETURN found;
END $$;

-- A query for one word: as written, its beginning, or a stem. Empty for a word that a language leaves out, such as "the".
CREATE FUNCTION kindred_term(languages text[], word text, is_beginning boolean) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    language text;
    stem tsquery;
    text_of_stem text;
    folded text := public.kindred_fold(word);
    found tsquery;
BEGIN
    IF folded = '' THEN
        RETURN '';
    END IF;
    found := (quote_literal(folded) || CASE WHEN is_beginning THEN ':*' ELSE '' END)::tsquery;
    FOREACH language IN ARRAY languages LOOP
        stem := plainto_tsquery(language::regconfig, public.kindred_clean(word));
        IF numnode(stem) = 0 THEN
            RETURN '';
        END IF;
        text_of_stem := public.kindred_unmark(stem::text);
        found := CASE WHEN text_of_stem LIKE $empty$%''%$empty$ THEN found ELSE found || text_of_stem::tsquery END;
    END LOOP;
    RETURN found;
END $$;

-- A query for words that follow each other, as written or by their stems.
CREATE FUNCTION kindred_phrase(languages text[], words text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    language text;
    stems text;
    found tsquery := phraseto_tsquery('pg_catalog.simple', public.kindred_fold(words));
BEGIN
    FOREACH language IN ARRAY languages LOOP
        stems := public.kindred_unmark(phraseto_tsquery(language::regconfig, public.kindred_clean(words))::text);
        found := CASE WHEN stems LIKE $empty$%''%$empty$ THEN found ELSE found || stems::tsquery END;
    END LOOP;
    RETURN found;
END $$;

-- Return the first eight letters of a word, and these letters without each one of them. If the word has eight letters
-- or more, also return them without each two of them.
-- Two words with a typing error between them share one of these (symmetric deletion).
CREATE FUNCTION kindred_deletions(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    WITH start AS (SELECT left(word, 8) AS letters),
    one AS (
        SELECT overlay(letters PLACING '' FROM place FOR 1) AS letters
        FROM start, generate_series(1, length(letters)) AS place
    ),
    two AS (
        SELECT overlay(one.letters PLACING '' FROM place FOR 1) AS letters
        FROM one, generate_series(1, length(one.letters)) AS place WHERE length(word) >= 8
    )
    SELECT array_agg(DISTINCT letters) FROM (
        SELECT letters FROM start UNION SELECT letters FROM one UNION SELECT letters FROM two
    ) AS variants;
END;
"""
DROP_FUNCTIONS = """
DROP FUNCTION kindred_deletions(text);
DROP FUNCTION kindred_phrase(text[], text);
DROP FUNCTION kindred_term(text[], text, boolean);
DROP FUNCTION kindred_stems(text[], text);
DROP FUNCTION kindred_vector(text);
DROP FUNCTION kindred_number(text);
DROP FUNCTION kindred_fold(text);
DROP FUNCTION kindred_unmark(text);
DROP FUNCTION kindred_clean(text);
"""
# A description may have any length, but a tsvector may not.
TRIGGER = r"""
CREATE OR REPLACE FUNCTION artwork_search_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    languages text[] := coalesce((SELECT one.languages FROM collection_searchindex AS one LIMIT 1), '{english}');
    most text := concat_ws(' ', NEW.title, array_to_string(NEW.creators, ' '));
    rest text := concat_ws(' ', NEW.date_display, NEW.medium, NEW.classification, NEW.department, NEW.culture);
    least text := concat_ws(' ', left(NEW.description, 50000), NEW.credit_line);
    words tsvector := kindred_vector(concat_ws(' ', most, rest));
BEGIN
    NEW.search :=
        setweight(kindred_vector(most), 'A')
        || setweight(kindred_vector(NEW.accession_number), 'A')
        || setweight(kindred_stems(languages, most), 'A')
        || setweight(kindred_vector(rest), 'B')
        || setweight(kindred_stems(languages, rest), 'B')
        || setweight(kindred_stems(languages, least), 'C');
    -- Without a unique index: two imports that add the same words need not wait for each other.
    INSERT INTO collection_searchword (word)
    SELECT one.lexeme FROM unnest(words) AS one
    WHERE one.lexeme COLLATE pg_c_utf8 ~ '^[[:alpha:]]{4,40}$'
    AND NOT EXISTS (SELECT FROM collection_searchword AS known WHERE known.word = one.lexeme);
    RETURN NEW;
END $$;
"""
TRIGGER_BEFORE = """
CREATE OR REPLACE FUNCTION artwork_search_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0013_largest_side_shown")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("languages", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=40)),
                ("deletions", models.GeneratedField(db_persist=True, expression=models.Func(models.F("word"), function="kindred_deletions"), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None))),
            ],
            options={
                "indexes": [
                    models.Index(fields=["word"], name="search_word"),
                    django.contrib.postgres.indexes.GinIndex(fields=["deletions"], name="search_word_deletions", fastupdate=False),
                ],
            },
        ),
        migrations.AddIndex(
            "artwork", models.Index(django.contrib.postgres.indexes.OpClass(models.Func(models.F("accession_number"), function="kindred_number", output_field=models.TextField()), name="text_pattern_ops"), name="artwork_number_key")
        ),
        migrations.RunSQL(TRIGGER, TRIGGER_BEFORE),
    ]
