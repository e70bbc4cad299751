"""Write verdicts and what follows from them: cases, opinions, relations between works."""
