"""Numbers about rankings and pairs, with intervals. numpy only: no Django, no database."""
