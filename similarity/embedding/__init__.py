"""The embedding worker: load networks, decode batches, store vectors."""
