"""Search by text: words without accents, numbers, typing errors, suggestions."""
