"""Write and compare vectors with pgvector. No other folder does."""
