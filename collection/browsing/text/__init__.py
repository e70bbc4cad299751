"""Search by text: by words without accents and by numbers, with corrections and suggestions."""
