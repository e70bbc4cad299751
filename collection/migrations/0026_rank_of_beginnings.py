"""Let ts_rank count words that begin with a text.

PostgreSQL ranks by the last of two equal words of a query, so 'tran':* | 'tran' ranked no word that begins with tran.
A stem that is equal to the text is left out: the text finds it too.
"""

from django.db import migrations

FUNCTION = r"""
CREATE OR REPLACE FUNCTION kindred_term(languages text[], word text, is_beginning boolean) RETURNS tsquery
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
        IF {is_left_out} THEN
            CONTINUE;
        END IF;
        found := found || text_of_stem::tsquery;
    END LOOP;
    RETURN found;
END $$;
"""
EMPTY = "text_of_stem LIKE $empty$%''%$empty$"
NEW = FUNCTION.format(is_left_out=f"{EMPTY} OR text_of_stem = quote_literal(folded)")
OLD = FUNCTION.format(is_left_out=EMPTY)


class Migration(migrations.Migration):
    dependencies = [("collection", "0025_avif_for_phones")]

    operations = [migrations.RunSQL(NEW, OLD)]
