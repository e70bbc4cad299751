"""How well the networks and lenses do on pictures whose right answers are known; apart from the site's own vectors."""
